'use client';

import { Avatar, Menu, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import Link from 'next/link';
import { useState } from 'react';
import { authenticate, reloadAs } from '#src/client/auth.ts';
import { errorMessage } from '#src/client/errors.ts';
import { trpc } from '#src/client/trpc.ts';
import { ConfirmModal } from '#src/components/confirm-modal.tsx';
import { GearIcon, SignOutIcon, UserIcon, UsersIcon } from '#src/components/icons.tsx';
import classes from './sidebar.module.css';

/** The menu of the signed-in account. */
export function AccountMenu() {
  const { data: user } = trpc.users.me.useQuery();
  const [failure, setFailure] = useState<string | null>(null);
  const [confirming, modal] = useDisclosure(false);
  if (!user) return null;

  function signOut() {
    authenticate('sign-out', {}).then(
      () => reloadAs('/'),
      (error: unknown) => setFailure(errorMessage(error)),
    );
  }

  return (
    <Menu position="top-start" width={248} withinPortal>
      <Menu.Target>
        <UnstyledButton className={classes['account'] ?? ''} aria-label={`Account of ${user.name}`}>
          <Avatar size={32} radius="xl" name={user.name} color="initials" />
          <span className={classes['who']}>
            <Text size="sm" fw={550} truncate>
              {user.name}
            </Text>
            <Text size="xs" c={failure === null ? 'dimmed' : 'red'} truncate>
              {failure ?? (user.isGuest ? 'Guest' : user.email)}
            </Text>
          </span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {user.isGuest && (
          <>
            <Menu.Item component={Link} href="/sign-up" leftSection={<UserIcon size={16} />}>
              Sign up to keep your chats
            </Menu.Item>
            <Menu.Divider />
          </>
        )}
        <Menu.Item component={Link} href="/settings" leftSection={<GearIcon size={16} />}>
          Settings
        </Menu.Item>
        {user.role === 'admin' && (
          <Menu.Item component={Link} href="/admin" leftSection={<UsersIcon size={16} />}>
            Accounts
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item leftSection={<SignOutIcon size={16} />} onClick={user.isGuest ? modal.open : signOut}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
      <ConfirmModal
        opened={confirming}
        onClose={modal.close}
        title="Sign out?"
        confirmLabel="Sign out"
        error={failure}
        onConfirm={signOut}
      >
        After signing out, you cannot open your guest chats again.
      </ConfirmModal>
    </Menu>
  );
}
