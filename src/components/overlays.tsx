'use client';

import { Drawer, type DrawerProps, Modal, type ModalProps } from '@mantine/core';
import { useMounted } from '@mantine/hooks';

/**
 * The dialogs of `LazyModal` and `LazyDrawer`. A dialog remembers what had the focus when it is opened, but not if it is
 * open from the start.
 */
export function LoadedModal({ opened, ...props }: ModalProps) {
  const isMounted = useMounted();
  return <Modal opened={opened && isMounted} {...props} />;
}

export function LoadedDrawer({ opened, ...props }: DrawerProps) {
  const isMounted = useMounted();
  return <Drawer opened={opened && isMounted} {...props} />;
}
