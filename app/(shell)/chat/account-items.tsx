'use client';

import { Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import Link from 'next/link';
import { useState } from 'react';
import { useTranslations } from '#texts';
import { authenticate, reloadAs } from '#src/client/auth.ts';
import { forgetTexts } from '#src/client/drafts.ts';
import type { Outputs } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ConfirmModal } from '#src/components/confirm-modal.tsx';
import { GearIcon, KeyboardIcon, SignOutIcon, UserIcon, UsersIcon } from '#src/components/icons.tsx';
import { useToast } from '#src/components/toasts.tsx';
import { ListMenu } from '#src/components/list-menu.tsx';
import { useShortcuts } from '../shortcuts/shortcuts.tsx';
import { useInDrawer } from './drawer.ts';

export interface AccountItemsProps {
  user: Outputs['users']['me'];
  /** The button that opened the menu. */
  button: HTMLElement | null;
  isOpen: boolean;
  onClose: () => void;
  /** Called when a link is followed. */
  onNavigate: () => void;
}

/** The items of the menu of the signed-in account. */
export function AccountItems({ user, button, isOpen, onClose, onNavigate }: AccountItemsProps) {
  const t = useTranslations('shell');
  const { messageOf } = useErrorMessages();
  const [failure, setFailure] = useState<string | null>(null);
  const [confirming, modal] = useDisclosure(false);
  const { showKeys } = useShortcuts();
  const replace = useInDrawer();
  const toast = useToast();
  const { isGuest } = user;

  function signOut(userId: string) {
    authenticate('sign-out', {}).then(
      () => {
        forgetTexts(userId);
        reloadAs('/');
      },
      (error: unknown) => {
        // The dialog of guests shows it itself.
        if (isGuest) setFailure(messageOf(error));
        else toast({ text: t('account.notSignedOut', { reason: messageOf(error) }), isError: true });
      },
    );
  }

  return (
    <>
      <ListMenu
        button={button}
        isOpen={isOpen}
        onClose={onClose}
        label={t('account.of', { name: user.name })}
        position="top-start"
        width={248}
      >
        {isGuest && (
          <>
            <Menu.Item
              component={Link}
              href="/sign-up"
              replace={replace}
              leftSection={<UserIcon size={16} />}
              onClick={onNavigate}
            >
              {t('account.signUp')}
            </Menu.Item>
            <Menu.Divider />
          </>
        )}
        <Menu.Item
          component={Link}
          href="/settings"
          replace={replace}
          leftSection={<GearIcon size={16} />}
          onClick={onNavigate}
        >
          {t('settings')}
        </Menu.Item>
        {user.role === 'admin' && (
          <Menu.Item
            component={Link}
            href="/admin"
            replace={replace}
            leftSection={<UsersIcon size={16} />}
            onClick={onNavigate}
          >
            {t('commands.accounts')}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<KeyboardIcon size={16} />} onClick={showKeys}>
          {t('commands.shortcuts')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          leftSection={<SignOutIcon size={16} />}
          onClick={() => (isGuest ? modal.open() : signOut(user.id))}
        >
          {t('account.signOut')}
        </Menu.Item>
      </ListMenu>
      <ConfirmModal
        opened={confirming}
        onClose={modal.close}
        title={t('account.signOutTitle')}
        confirmLabel={t('account.signOut')}
        error={failure}
        onConfirm={() => signOut(user.id)}
      >
        {t('account.signOutText')}
      </ConfirmModal>
    </>
  );
}
