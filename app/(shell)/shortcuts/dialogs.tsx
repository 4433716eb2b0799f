'use client';

import { Modal } from '@mantine/core';
import { useMounted } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import { useTranslations } from '#texts';
import classes from './dialogs.module.css';
import { KeyList } from './key-list.tsx';
import { Palette } from './palette.tsx';

export type DialogName = 'palette' | 'keys';

export interface DialogsProps {
  opened: boolean;
  onClose: () => void;
  /** The dialog that is open, or was open last. */
  dialog: DialogName;
  onShowKeys: () => void;
  /** Shows or hides the sidebar. */
  onToggleSidebar: () => void;
}

/** The dialogs of the keyboard shortcuts. They share a modal, because one leads to the other. */
export function Dialogs({ opened, onClose, dialog, ...actions }: DialogsProps) {
  const t = useTranslations('shell');
  // A modal remembers what had the focus when it is opened, but not if it is open from the start.
  const isMounted = useMounted();
  const isPalette = dialog === 'palette';
  const closeButton = useRef<HTMLButtonElement>(null);
  // When one dialog leads to the other, the field that had the focus is gone.
  useEffect(() => {
    if (!isPalette) closeButton.current?.focus();
  }, [isPalette]);
  return (
    <Modal
      opened={opened && isMounted}
      onClose={onClose}
      title={isPalette ? t('commands.search') : t('commands.shortcuts')}
      withCloseButton={!isPalette}
      closeButtonProps={{ ref: closeButton, 'aria-label': t('close') }}
      yOffset="12dvh"
      // It can be opened again at once.
      transitionProps={{ exitDuration: 0 }}
      {...(isPalette && { padding: 0, classNames: { header: classes['hidden'] ?? '' } })}
    >
      {isPalette ? <Palette onClose={onClose} {...actions} /> : <KeyList />}
    </Modal>
  );
}
