'use client';

import { TextInput } from '@mantine/core';
import { type KeyboardEvent, useRef, useState } from 'react';
import { useTranslations } from '#texts';
import { isComposing } from '#src/components/composer.tsx';
import classes from './sidebar.module.css';

interface RenameFieldProps {
  title: string;
  onRename: (title: string) => void;
  /** Called when the field is no longer needed. */
  onClose: () => void;
}

/** The title of a chat in the list while it is edited. Enter and leaving the field save it, Escape does not. */
export function RenameField({ title, onRename, onClose }: RenameFieldProps) {
  const t = useTranslations('shell');
  const [text, setText] = useState(title);
  /** True after the decision. Then the field is removed, which it would otherwise take for leaving it. */
  const isDone = useRef(false);

  function close(isSaved: boolean) {
    if (isDone.current) return;
    isDone.current = true;
    const newTitle = text.trim();
    if (isSaved && newTitle !== '' && newTitle !== title) onRename(newTitle);
    onClose();
  }

  function onKeyDown(event: KeyboardEvent) {
    if (isComposing(event) || (event.key !== 'Enter' && event.key !== 'Escape')) return;
    event.preventDefault();
    // Escape would also close the sidebar of a narrow screen.
    event.stopPropagation();
    close(event.key === 'Enter');
  }

  return (
    <TextInput
      aria-label={t('chatTitle')}
      size="xs"
      flex={1}
      m={2}
      autoFocus
      maxLength={200}
      classNames={{ input: classes['rename'] ?? '' }}
      value={text}
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={() => close(true)}
      onKeyDown={onKeyDown}
      data-mantine-stop-propagation
    />
  );
}
