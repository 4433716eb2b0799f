'use client';

import { Avatar, Text, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { useRef, useState } from 'react';
import { useTranslations } from '#texts';
import { trpc } from '#src/client/trpc.ts';
import { onDemand, useLoad } from '#src/components/on-demand.ts';
import type { AccountItemsProps } from './account-items.tsx';
import classes from './sidebar.module.css';

const accountItems = onDemand<AccountItemsProps>(() =>
  import('./account-items.tsx').then((module) => module.AccountItems),
);

/** The menu of the signed-in account. `onNavigate` is called when a link is followed. */
export function AccountMenu({ onNavigate }: Pick<AccountItemsProps, 'onNavigate'>) {
  const t = useTranslations('shell.account');
  const { data: user } = trpc.users.me.useQuery();
  const button = useRef<HTMLButtonElement>(null);
  const [openedBy, setOpenedBy] = useState<HTMLElement | null>(null);
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  useLoad(accountItems, isOpen, close);
  if (!user) return null;
  return (
    <>
      <UnstyledButton
        ref={button}
        className={classes['account'] ?? ''}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => {
          setOpenedBy(button.current);
          setIsOpen(!isOpen);
        }}
      >
        <VisuallyHidden>{t('of', { name: user.name })}</VisuallyHidden>
        <Avatar size={32} radius="xl" name={user.name} color="ink" aria-hidden translate="no" />
        <span className={classes['who']}>
          <Text size="sm" fw={550} truncate aria-hidden translate="no">
            {user.name}
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {user.isGuest ? t('guest') : <span translate="no">{user.email}</span>}
          </Text>
        </span>
      </UnstyledButton>
      <accountItems.View props={{ user, button: openedBy, isOpen, onClose: close, onNavigate }} />
    </>
  );
}
