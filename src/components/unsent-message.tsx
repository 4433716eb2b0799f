import { Button, Group, Text } from '@mantine/core';
import type { ComponentProps } from 'react';
import { useTranslations } from '#texts';
import { UserMessage } from './message.tsx';
import { RetryButton } from './retry-button.tsx';

interface UnsentMessageProps {
  text: string;
  files?: ComponentProps<typeof UserMessage>['files'];
  /** Why it was not sent; null while it is being sent. */
  failure: { message: string; retryAt: number | null } | null;
  /** False while an answer is in progress. */
  canRetry: boolean;
  onRetry: () => void;
  /** Moves the text into the composer. */
  onEdit: () => void;
  onDiscard: () => void;
}

/** A question that the server does not have. */
export function UnsentMessage(props: UnsentMessageProps) {
  const t = useTranslations('chat.unsent');
  const { text, failure, canRetry, onRetry, onEdit, onDiscard } = props;
  const actions = failure && (
    <Group role="group" aria-label={t('group')} gap={6} justify="flex-end" maw="min(100%, 60ch)">
      <Text role="alert" size="sm" c="var(--mantine-color-red-light-color)" ta="end">
        {t('reason', { reason: failure.message })}
      </Text>
      <Group gap={6}>
        {canRetry && <RetryButton label={t('retry')} retryAt={failure.retryAt} onRetry={onRetry} />}
        <Button size="compact-sm" variant="subtle" color="gray" onClick={onEdit}>
          {t('edit')}
        </Button>
        <Button size="compact-sm" variant="subtle" color="gray" onClick={onDiscard}>
          {t('discard')}
        </Button>
      </Group>
    </Group>
  );
  return <UserMessage text={text} files={props.files} actions={actions} />;
}
