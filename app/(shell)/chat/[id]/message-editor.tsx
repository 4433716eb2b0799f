'use client';

import { Button, Group, Textarea } from '@mantine/core';
import { type KeyboardEvent, useState } from 'react';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { isComposing, sendsMessage } from '#src/components/composer.tsx';
import { ErrorNote } from '#src/components/error-note.tsx';
import { useTranslations } from '#texts';
import classes from './message-list.module.css';

interface MessageEditorProps {
  /** The question as it is. */
  text: string;
  /** Sends another version of it. Rejects if the server does not accept it. */
  onSend: (text: string) => Promise<void>;
  onCancel: () => void;
}

/** Edits a question in its place. Enter sends it, and Escape cancels. A question that is not accepted stays. */
export function MessageEditor({ text, onSend, onCancel }: MessageEditorProps) {
  const t = useTranslations('chat.conversation');
  const tCommon = useTranslations('common');
  const { messageOf } = useErrorMessages();
  const [value, setValue] = useState(text);
  const [isSending, setIsSending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const canSend = value.trim() !== '' && !isSending;

  function send() {
    if (!canSend) return;
    setIsSending(true);
    setError(null);
    onSend(value.trim()).catch((reason: unknown) => {
      setIsSending(false);
      setError(reason);
    });
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'Escape' && !isComposing(event)) onCancel();
    if (!sendsMessage(event)) return;
    event.preventDefault();
    send();
  }

  return (
    <form
      className={classes['editor']}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Textarea
        aria-label={t('editQuestion')}
        autosize
        minRows={2}
        maxRows={16}
        autoFocus
        value={value}
        readOnly={isSending}
        onFocus={({ currentTarget }) => currentTarget.setSelectionRange(value.length, value.length)}
        onChange={({ currentTarget }) => setValue(currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      {error !== null && <ErrorNote>{messageOf(error)}</ErrorNote>}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" size="compact-md" onClick={onCancel}>
          {tCommon('cancel')}
        </Button>
        <Button type="submit" size="compact-md" disabled={!canSend}>
          {t('send')}
        </Button>
      </Group>
    </form>
  );
}
