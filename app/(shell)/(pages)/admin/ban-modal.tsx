'use client';

import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { trpc } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ConfirmModal } from '#src/components/confirm-modal.tsx';
import { useTranslations } from '#texts';

interface BanModalProps {
  opened: boolean;
  onClose: () => void;
  id: string;
  name: string;
}

/** Asks for a reason and bans an account. */
export function BanModal({ opened, onClose, id, name }: BanModalProps) {
  const t = useTranslations('admin');
  const { messageOf } = useErrorMessages();
  const utils = trpc.useUtils();
  const [reason, setReason] = useState('');
  const ban = trpc.users.ban.useMutation({
    onSuccess: onClose,
    onSettled: () => utils.users.list.invalidate(),
  });
  return (
    <ConfirmModal
      opened={opened}
      onClose={onClose}
      title={t('banTitle', { name })}
      confirmLabel={t('ban')}
      busy={ban.isPending}
      error={ban.isError ? messageOf(ban.error) : null}
      onConfirm={() => ban.mutate({ id, ...(reason.trim() !== '' && { reason: reason.trim() }) })}
    >
      {t('banText')}
      <TextInput
        mt="md"
        label={t('banReason')}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ConfirmModal>
  );
}
