'use client';

import { ActionIcon, Button, Group, Text } from '@mantine/core';
import { type ReactNode, type RefObject } from 'react';
import { changeDraft, joinTexts, useDraft } from '#src/client/drafts.ts';
import { Composer } from '#src/components/composer.tsx';
import { CloseIcon } from '#src/components/icons.tsx';
import classes from './chat-composer.module.css';
import { loadAnswerParts } from './load-answer-parts.ts';
import type { OutboxState } from './use-outbox.ts';

interface ChatComposerProps {
  outbox: OutboxState;
  onSend: (text: string) => void;
  /** Sends the queued question now. */
  onSendQueued?: () => void;
  /** True if an answer is in progress. */
  writing: boolean;
  /** True if one question can be queued while an answer is in progress. */
  hasQueue?: boolean;
  onStop?: () => void;
  stopping?: boolean;
  inputRef: RefObject<HTMLTextAreaElement | null>;
  children: ReactNode;
}

/** The composer of a chat, with its draft and its queued question. Typing renders nothing else of the page. */
export function ChatComposer(props: ChatComposerProps) {
  const { outbox, onSend, onSendQueued, writing, hasQueue = false, inputRef, ...composer } = props;
  const { place, queued, note } = outbox;
  const draft = useDraft(place);

  function toInput() {
    inputRef.current?.focus();
  }

  return (
    <>
      {queued && (
        <div className={classes['queued']} role="group" aria-label="Next question">
          <Text size="sm" truncate className={classes['question'] ?? ''}>
            <Text span c="dimmed">
              {queued.isHeld ? 'Not sent yet: ' : 'Next: '}
            </Text>
            {queued.text}
          </Text>
          {!writing && (
            <Button size="compact-sm" variant="default" onClick={onSendQueued}>
              Send
            </Button>
          )}
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            onClick={() => {
              outbox.editQueued();
              toInput();
            }}
          >
            Edit
          </Button>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label="Remove next question"
            onClick={() => {
              outbox.removeQueued();
              toInput();
            }}
          >
            <CloseIcon size={16} />
          </ActionIcon>
        </div>
      )}
      <div role="status">
        {writing && queued && draft.trim() !== '' && (
          <Text size="sm" c="dimmed" className={classes['note'] ?? ''}>
            Only one question can wait. Edit or remove it to queue another one.
          </Text>
        )}
        {note && (
          <Group gap="xs" className={classes['note'] ?? ''}>
            <Text size="sm" c="dimmed">
              {note.text}
            </Text>
            {note.undo && (
              <Button
                size="compact-sm"
                variant="subtle"
                onClick={() => {
                  note.undo?.();
                  toInput();
                }}
              >
                Undo
              </Button>
            )}
          </Group>
        )}
      </div>
      <Composer
        {...composer}
        inputRef={inputRef}
        text={draft}
        onChange={(text) => {
          loadAnswerParts();
          // Text that was typed before the page showed the kept draft follows it.
          const isHidden = (kept: string) => draft === '' && kept !== text;
          changeDraft(place, (kept) => (isHidden(kept) ? joinTexts(kept, text) : text));
        }}
        writing={writing}
        canQueue={hasQueue && queued === null}
        onSend={(text) => {
          changeDraft(place, () => '');
          onSend(text);
        }}
      />
    </>
  );
}
