'use client';

import { Avatar, Menu, Text, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import Link from 'next/link';
import { useState } from 'react';
import { authenticate, reloadAs } from '#src/client/auth.ts';
import { forgetTexts } from '#src/client/drafts.ts';
import { errorMessage } from '#src/client/errors.ts';
import { trpc } from '#src/client/trpc.ts';
import { ConfirmModal } from '#src/components/confirm-modal.tsx';
import { GearIcon, KeyboardIcon, SignOutIcon, UserIcon, UsersIcon } from '#src/components/icons.tsx';
import { useToast } from '#src/components/toasts.tsx';
import { useShortcuts } from '../shortcuts/shortcuts.tsx';
import { useInDrawer } from './drawer.ts';
import classes from './sidebar.module.css';

/** The menu of the signed-in account. `onNavigate` is called when a link is followed. */
export function AccountMenu({ onNavigate }: { onNavigate: () => void }) {
  const { data: user } = trpc.users.me.useQuery();
  const [failure, setFailure] = useState<string | null>(null);
  const [confirming, modal] = useDisclosure(false);
  const { showKeys } = useShortcuts();
  const replace = useInDrawer();
  const toast = useToast();
  if (!user) return null;
  const { isGuest } = user;

  function signOut(userId: string) {
    authenticate('sign-out', {}).then(
      () => {
        forgetTexts(userId);
        reloadAs('/');
      },
      (error: unknown) => {
        // The dialog of guests shows it itself.
        if (isGuest) setFailure(errorMessage(error));
        else toast({ text: `Could not sign out. ${errorMessage(error)}`, isError: true });
      },
    );
  }

  return (
    <Menu position="top-start" width={248} withinPortal>
      <Menu.Target>
        <UnstyledButton className={classes['account'] ?? ''}>
          <VisuallyHidden>Account of</VisuallyHidden>
          <Avatar size={32} radius="xl" name={user.name} color="initials" aria-hidden />
          <span className={classes['who']}>
            <Text size="sm" fw={550} truncate>
              {user.name}
            </Text>
            <Text size="xs" c="dimmed" truncate>
              {isGuest ? 'Guest' : user.email}
            </Text>
          </span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {isGuest && (
          <>
            <Menu.Item
              component={Link}
              href="/sign-up"
              replace={replace}
              leftSection={<UserIcon size={16} />}
              onClick={onNavigate}
            >
              Sign up to keep your chats
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
          Settings
        </Menu.Item>
        {user.role === 'admin' && (
          <Menu.Item
            component={Link}
            href="/admin"
            replace={replace}
            leftSection={<UsersIcon size={16} />}
            onClick={onNavigate}
          >
            Accounts
          </Menu.Item>
        )}
        <Menu.Item leftSection={<KeyboardIcon size={16} />} onClick={showKeys}>
          Keyboard shortcuts
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          leftSection={<SignOutIcon size={16} />}
          onClick={() => (isGuest ? modal.open() : signOut(user.id))}
        >
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
      <ConfirmModal
        opened={confirming}
        onClose={modal.close}
        title="Sign out?"
        confirmLabel="Sign out"
        error={failure}
        onConfirm={() => signOut(user.id)}
      >
        After signing out, you cannot open your guest chats again.
      </ConfirmModal>
    </Menu>
  );
}
