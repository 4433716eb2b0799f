'use client';

import { ActionIcon, Text } from '@mantine/core';
import { useRef } from 'react';
import type { Place } from '#src/client/drafts.ts';
import { addFiles, removeUpload, retryUpload, type Upload } from '#src/client/uploads.ts';
import { CloseIcon, PaperclipIcon } from '#src/components/icons.tsx';
import { RetryButton } from '#src/components/retry-button.tsx';
import { useTranslations } from '#texts';
import classes from './chat-composer.module.css';
import { useUploadFailure } from './use-upload-failure.ts';

/** The button that chooses files. */
export function AttachButton({ place }: { place: Place }) {
  const t = useTranslations('chat.files');
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={t('choose')}
        onChange={({ currentTarget }) => {
          addFiles(place, [...(currentTarget.files ?? [])]);
          currentTarget.value = '';
        }}
      />
      <ActionIcon
        variant="subtle"
        color="gray"
        radius="xl"
        size={44}
        aria-label={t('attach')}
        onClick={() => input.current?.click()}
      >
        <PaperclipIcon />
      </ActionIcon>
    </>
  );
}

/** The files of the next question, with their progress. */
export function ComposerFiles({ place, uploads }: { place: Place; uploads: readonly Upload[] }) {
  const t = useTranslations('chat.files');
  const failureText = useUploadFailure();
  if (uploads.length === 0) return null;
  return (
    <ul className={classes['files']} aria-label={t('attached')}>
      {uploads.map(({ key, name, progress, file, failure }) => (
        <li key={key} className={classes['file']} data-failed={failure !== null || undefined}>
          <div className={classes['fileName']}>
            <Text size="sm" truncate title={file?.filename ?? name}>
              {file?.filename ?? name}
            </Text>
            {failure !== null && (
              <Text size="xs" role="alert" c="var(--mantine-color-red-light-color)">
                {failureText(failure)}
              </Text>
            )}
            {!file && failure === null && (
              <progress
                className={classes['progress']}
                value={progress}
                aria-label={t('uploading', { name })}
              />
            )}
          </div>
          {failure?.retryAt !== undefined && (
            <RetryButton
              label={t('retry')}
              retryAt={failure.retryAt}
              onRetry={() => retryUpload(place, key)}
            />
          )}
          <ActionIcon
            variant="subtle"
            color="gray"
            size={44}
            aria-label={t('remove', { name: file?.filename ?? name })}
            onClick={() => removeUpload(place, key)}
          >
            <CloseIcon size={16} />
          </ActionIcon>
        </li>
      ))}
    </ul>
  );
}
