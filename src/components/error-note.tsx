import { Alert, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { WarningIcon } from './icons.tsx';
import { RetryButton } from './retry-button.tsx';

interface ErrorNoteProps {
  children: ReactNode;
  /** The action of the retry button, if a retry makes sense. */
  onRetry?: (() => void) | undefined;
  retryLabel?: string;
  /** The time from which a retry makes sense, in milliseconds. */
  retryAt?: number | null;
}

/** Shows an error, which screen readers announce. */
export function ErrorNote({ children, onRetry, retryLabel = 'Try again', retryAt = null }: ErrorNoteProps) {
  return (
    <Alert role="alert" color="red" variant="light" icon={<WarningIcon />}>
      <Group justify="space-between" gap="sm">
        <Text size="sm">{children}</Text>
        {onRetry && <RetryButton label={retryLabel} retryAt={retryAt} onRetry={onRetry} />}
      </Group>
    </Alert>
  );
}
