import { Alert, Button, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { WarningIcon } from './icons.tsx';

interface ErrorNoteProps {
  children: ReactNode;
  /** Offered as a button, where trying again makes sense. */
  onRetry?: (() => void) | undefined;
  retryLabel?: string;
}

/** Says what went wrong, at once also to those who do not see it. */
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
