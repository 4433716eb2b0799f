'use client';

import { ActionIcon, Text } from '@mantine/core';
import { useRef } from 'react';
import type { Place } from '#src/client/drafts.ts';
import { addFiles, removeUpload, type Upload } from '#src/client/uploads.ts';
import { CloseIcon, PaperclipIcon } from '#src/components/icons.tsx';
import classes from './chat-composer.module.css';

/** The button that chooses files. */
export function AttachButton({ place }: { place: Place }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files"
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
        aria-label="Attach files"
        onClick={() => input.current?.click()}
      >
        <PaperclipIcon />
      </ActionIcon>
    </>
  );
}

/** The files of the next question, with their progress. */
export function ComposerFiles({ place, uploads }: { place: Place; uploads: readonly Upload[] }) {
  if (uploads.length === 0) return null;
  return (
    <ul className={classes['files']} aria-label="Attached files">
      {uploads.map(({ key, name, progress, file, failure }) => (
        <li key={key} className={classes['file']} data-failed={failure !== null || undefined}>
          <div className={classes['fileName']}>
            <Text size="sm" truncate title={file?.filename ?? name}>
              {file?.filename ?? name}
            </Text>
            {failure !== null && (
              <Text size="xs" role="alert" c="var(--mantine-color-red-light-color)">
                {failure}
              </Text>
            )}
            {!file && failure === null && (
              <progress className={classes['progress']} value={progress} aria-label={`Uploading ${name}`} />
            )}
          </div>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={44}
            aria-label={`Remove ${file?.filename ?? name}`}
            onClick={() => removeUpload(place, key)}
          >
            <CloseIcon size={16} />
          </ActionIcon>
        </li>
      ))}
    </ul>
  );
}
