'use client';

import { ActionIcon, Badge, Group, Menu, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { type Outputs, trpc } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ConfirmModal } from '#src/components/confirm-modal.tsx';
import { DotsIcon } from '#src/components/icons.tsx';
import { ListMenu } from '#src/components/list-menu.tsx';
import { LocalTime } from '#src/components/local-time.tsx';
import { useTranslations } from '#texts';
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
  const t = useTranslations('admin');
  const { messageOf } = useErrorMessages();
  const utils = trpc.useUtils();
  const onSettled = () => utils.users.list.invalidate();
  const [button, setButton] = useState<HTMLElement | null>(null);
  const [choosing, menu] = useDisclosure(false);
  const [changingRole, roleModal] = useDisclosure(false);
  const setRole = trpc.users.setRole.useMutation({ onSuccess: roleModal.close, onSettled });
  const unban = trpc.users.unban.useMutation({ onSettled });
  const remove = trpc.users.delete.useMutation({ onSettled });
  const [banning, banModal] = useDisclosure(false);
  const [deleting, deleteModal] = useDisclosure(false);
  const isAdmin = role === 'admin';

  return (
    <tr role="row" className={classes['row']}>
      <td role="cell" className={classes['who']}>
        <Group gap="xs">
          <Text size="sm" fw={550} translate="no">
            {name}
          </Text>
          {isOwn && <Badge variant="light">{t('you')}</Badge>}
          {banned && (
            <Badge variant="light" color="red">
              {t('banned')}
            </Badge>
          )}
        </Group>
        <Text size="xs" c="dimmed" className={classes['email'] ?? ''}>
          {isGuest ? t('guestAccount') : <span translate="no">{email}</span>}
        </Text>
        {unban.isError && (
          <Text size="xs" c="red" role="alert">
            {messageOf(unban.error)}
          </Text>
        )}
      </td>
      <td role="cell" className={classes['fact']}>
        {t(isGuest ? 'roles.guest' : isAdmin ? 'roles.admin' : 'roles.user')}
      </td>
      <td role="cell" className={classes['fact']} data-label={t('since')}>
        <LocalTime date={createdAt} />
      </td>
      <td role="cell" className={classes['actions']}>
        {!isOwn && (
          <>
            <ActionIcon
              ref={setButton}
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={t('actionsFor', { name })}
              aria-haspopup="menu"
              aria-expanded={choosing}
              onClick={menu.toggle}
            >
              <DotsIcon />
            </ActionIcon>
            <ListMenu
              button={button}
              isOpen={choosing}
              onClose={menu.close}
              label={t('actionsFor', { name })}
              position="bottom-end"
              width={190}
            >
              {!isGuest && (
                <Menu.Item onClick={roleModal.open}>{t(isAdmin ? 'removeAdmin' : 'makeAdmin')}</Menu.Item>
              )}
              {banned ? (
                <Menu.Item onClick={() => unban.mutate({ id })}>{t('unban')}</Menu.Item>
              ) : (
                <Menu.Item onClick={banModal.open}>{t('ban')}</Menu.Item>
              )}
              <Menu.Divider />
              <Menu.Item color="red" onClick={deleteModal.open}>
                {t('delete')}
              </Menu.Item>
            </ListMenu>
          </>
        )}
        <ConfirmModal
          opened={changingRole}
          onClose={() => {
            setRole.reset();
            roleModal.close();
          }}
          title={t(isAdmin ? 'removeAdminTitle' : 'makeAdminTitle')}
          confirmLabel={t(isAdmin ? 'removeRole' : 'makeAdmin')}
          busy={setRole.isPending}
          error={setRole.isError ? messageOf(setRole.error) : null}
          onConfirm={() => setRole.mutate({ id, role: isAdmin ? 'user' : 'admin' })}
        >
          {t(isAdmin ? 'removeAdminText' : 'makeAdminText', { name })}
        </ConfirmModal>
        <BanModal opened={banning} onClose={banModal.close} id={id} name={name} />
        <ConfirmModal
          opened={deleting}
          onClose={deleteModal.close}
          title={t('deleteTitle')}
          confirmLabel={t('delete')}
          busy={remove.isPending}
          error={remove.isError ? messageOf(remove.error) : null}
          onConfirm={() => remove.mutate({ id }, { onSuccess: deleteModal.close })}
        >
          {t('deleteText', { name })}
        </ConfirmModal>
      </td>
    </tr>
  );
}
