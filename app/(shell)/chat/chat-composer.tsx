'use client';

import { ActionIcon, Button, Group, Text } from '@mantine/core';
import { type ReactNode, type RefObject, useState } from 'react';
import { type AttachedFile, changeDraft, joinTexts, useDraft } from '#src/client/drafts.ts';
import { addFiles, takeFiles, useUploads } from '#src/client/uploads.ts';
import { Composer } from '#src/components/composer.tsx';
import { CloseIcon, PaperclipIcon } from '#src/components/icons.tsx';
import { useTranslations } from '#texts';
import classes from './chat-composer.module.css';
import { AttachButton, ComposerFiles } from './composer-files.tsx';
import { loadAnswerParts } from './load-answer-parts.ts';
import type { OutboxState } from './use-outbox.ts';

interface ChatComposerProps {
  outbox: Pick<OutboxState, 'editQueued' | 'note' | 'place' | 'queued' | 'removeQueued'>;
  onSend: (text: string, files: AttachedFile[]) => void;
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

/** The characters from which a pasted text can be attached as a file. */
const LONG_TEXT = 8_000;

/** The composer of a chat, with its draft and its queued question. Typing renders nothing else of the page. */
export function ChatComposer(props: ChatComposerProps) {
  const { outbox, onSend, onSendQueued, writing, hasQueue = false, inputRef, children, ...composer } = props;
  const t = useTranslations('chat.composer');
  const tFiles = useTranslations('chat.files');
  const { place, queued, note } = outbox;
  const draft = useDraft(place);
  const uploads = useUploads(place);
  const [pasted, setPasted] = useState('');

  function toInput() {
    inputRef.current?.focus();
  }

  function attachPasted() {
    addFiles(place, [new File([pasted], 'pasted.txt', { type: 'text/plain' })]);
    changeDraft(place, (kept) => kept.replace(pasted.replaceAll('\r\n', '\n'), ''));
    setPasted('');
    toInput();
  }

  return (
    <div
      onPaste={(event) => {
        const { files } = event.clipboardData;
        if (files.length > 0) {
          event.preventDefault();
          addFiles(place, [...files]);
          return;
        }
        const text = event.clipboardData.getData('text/plain');
        setPasted(text.length > LONG_TEXT ? text : '');
      }}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes('Files')) event.preventDefault();
      }}
      onDrop={(event) => {
        if (event.dataTransfer.files.length === 0) return;
        event.preventDefault();
        addFiles(place, [...event.dataTransfer.files]);
      }}
    >
      {queued && (
        <div className={classes['queued']} role="group" aria-label={t('next')}>
          <div className={classes['question']}>
            <Text size="sm" truncate>
              {t.rich(queued.isHeld ? 'heldQuestion' : 'nextQuestion', {
                label: (text) => (
                  <Text span c="dimmed">
                    {text}
                  </Text>
                ),
                question: queued.text,
              })}
            </Text>
            {queued.files && (
              <ul className={classes['queuedFiles']} aria-label={tFiles('attached')}>
                {queued.files.map(({ id, filename }) => (
                  <li key={id}>
                    <PaperclipIcon size={14} />
                    <span>{filename}</span>
                  </li>
                ))}
              </ul>
            )}
          </div>
          {!writing && (
            <Button size="compact-sm" variant="default" onClick={onSendQueued}>
              {t('send')}
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
            {t('edit')}
          </Button>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('removeNext')}
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
        {pasted !== '' && draft !== '' && (
          <Group gap="xs" className={classes['note'] ?? ''}>
            <Text size="sm" c="dimmed">
              {t('pasted')}
            </Text>
            <Button size="compact-sm" variant="subtle" onClick={attachPasted}>
              {t('attachPasted')}
            </Button>
          </Group>
        )}
        {writing && queued && draft.trim() !== '' && (
          <Text size="sm" c="dimmed" className={classes['note'] ?? ''}>
            {t('onlyOne')}
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
                {t('undo')}
              </Button>
            )}
          </Group>
        )}
      </div>
      <ComposerFiles place={place} uploads={uploads} />
      <Composer
        {...composer}
        hasFiles={uploads.some(({ file }) => file !== null)}
        isUploading={uploads.some(({ file, failure }) => file === null && failure === null)}
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
          setPasted('');
          onSend(text, takeFiles(place));
        }}
      >
        <div className={classes['controls']}>
          <AttachButton place={place} />
          {children}
        </div>
      </Composer>
    </div>
  );
}
