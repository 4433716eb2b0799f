'use client';

import { ActionIcon, Badge, Group, Menu, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { errorMessage } from '#src/client/errors.ts';
import { type Outputs, trpc } from '#src/client/trpc.ts';
import { ConfirmModal } from '#src/components/confirm-modal.tsx';
import { DotsIcon } from '#src/components/icons.tsx';
import { LocalTime } from '#src/components/local-time.tsx';
import classes from './accounts.module.css';
import { BanModal } from './ban-modal.tsx';

interface AccountRowProps {
  user: Outputs['users']['list']['items'][number];
  /** True for the admin's own account, which only another admin can change. */
  isOwn: boolean;
}

/** An account, with the actions of an admin. */
export function AccountRow({ user, isOwn }: AccountRowProps) {
  const { id, name, email, role, isGuest, banned, createdAt } = user;
  const utils = trpc.useUtils();
  const onSettled = () => utils.users.list.invalidate();
  const [changingRole, roleModal] = useDisclosure(false);
  const setRole = trpc.users.setRole.useMutation({ onSuccess: roleModal.close, onSettled });
  const unban = trpc.users.unban.useMutation({ onSettled });
  const remove = trpc.users.delete.useMutation({ onSettled });
  const [banning, banModal] = useDisclosure(false);
  const [deleting, deleteModal] = useDisclosure(false);
  const isAdmin = role === 'admin';

  return (
    <Table.Tr role="row" className={classes['row'] ?? ''}>
      <Table.Td role="cell" className={classes['who'] ?? ''}>
        <Group gap="xs">
          <Text size="sm" fw={550}>
            {name}
          </Text>
          {isOwn && <Badge variant="light">You</Badge>}
          {banned && (
            <Badge variant="light" color="red">
              Banned
            </Badge>
          )}
        </Group>
        <Text size="xs" c="dimmed" className={classes['email'] ?? ''}>
          {isGuest ? 'Guest account' : email}
        </Text>
        {unban.isError && (
          <Text size="xs" c="red" role="alert">
            {errorMessage(unban.error)}
          </Text>
        )}
      </Table.Td>
      <Table.Td role="cell" className={classes['fact'] ?? ''}>
        {isGuest ? 'Guest' : isAdmin ? 'Admin' : 'User'}
      </Table.Td>
      <Table.Td role="cell" className={classes['fact'] ?? ''} data-label="since">
        <LocalTime date={createdAt} />
      </Table.Td>
      <Table.Td role="cell" ta="end" className={classes['actions'] ?? ''}>
        {!isOwn && (
          <Menu position="bottom-end" width={190}>
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Actions for ${name}`}>
                <DotsIcon />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {!isGuest && (
                <Menu.Item onClick={roleModal.open}>{isAdmin ? 'Remove admin role' : 'Make admin'}</Menu.Item>
              )}
              {banned ? (
                <Menu.Item onClick={() => unban.mutate({ id })}>Unban</Menu.Item>
              ) : (
                <Menu.Item onClick={banModal.open}>Ban</Menu.Item>
              )}
              <Menu.Divider />
              <Menu.Item color="red" onClick={deleteModal.open}>
                Delete
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
        <ConfirmModal
          opened={changingRole}
          onClose={() => {
            setRole.reset();
            roleModal.close();
          }}
          title={isAdmin ? 'Remove the admin role?' : 'Make this account an admin?'}
          confirmLabel={isAdmin ? 'Remove role' : 'Make admin'}
          busy={setRole.isPending}
          error={setRole.isError ? errorMessage(setRole.error) : null}
          onConfirm={() => setRole.mutate({ id, role: isAdmin ? 'user' : 'admin' })}
        >
          {isAdmin
            ? `${name} can no longer manage accounts.`
            : `${name} can then ban and delete accounts, and make others admins.`}
        </ConfirmModal>
        <BanModal opened={banning} onClose={banModal.close} id={id} name={name} />
        <ConfirmModal
          opened={deleting}
          onClose={deleteModal.close}
          title="Delete this account?"
          confirmLabel="Delete"
          busy={remove.isPending}
          error={remove.isError ? errorMessage(remove.error) : null}
          onConfirm={() => remove.mutate({ id }, { onSuccess: deleteModal.close })}
        >
          {name} and all data of the account will be permanently deleted.
        </ConfirmModal>
      </Table.Td>
    </Table.Tr>
  );
}
