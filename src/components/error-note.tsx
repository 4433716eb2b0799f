import { Alert, Button, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { WarningIcon } from './icons.tsx';

interface ErrorNoteProps {
  children: ReactNode;
  /** The action of the retry button, if a retry makes sense. */
  onRetry?: (() => void) | undefined;
  retryLabel?: string;
}

/** Shows an error, which screen readers announce. */
export function ErrorNote({ children, onRetry, retryLabel = 'Try again' }: ErrorNoteProps) {
  return (
    <Alert role="alert" color="red" variant="light" icon={<WarningIcon />}>
      <Group justify="space-between" gap="sm">
        <Text size="sm">{children}</Text>
        {onRetry && (
          <Button size="compact-sm" variant="default" onClick={onRetry}>
            {retryLabel}
          </Button>
        )}
      </Group>
    </Alert>
  );
}
