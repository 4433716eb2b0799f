'use client';

import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { errorMessage } from '#src/client/errors.ts';
import { trpc } from '#src/client/trpc.ts';
import { ConfirmModal } from '#src/components/confirm-modal.tsx';

interface BanModalProps {
  opened: boolean;
  onClose: () => void;
  id: string;
  name: string;
}

/** Asks for a reason and bans an account. */
export function BanModal({ opened, onClose, id, name }: BanModalProps) {
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
      title={`Ban ${name}?`}
      confirmLabel="Ban"
      busy={ban.isPending}
      error={ban.isError ? errorMessage(ban.error) : null}
      onConfirm={() => ban.mutate({ id, ...(reason.trim() !== '' && { reason: reason.trim() }) })}
    >
      The user is signed out everywhere and cannot sign in until the account is unbanned.
      <TextInput
        mt="md"
        label="Reason (optional)"
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ConfirmModal>
  );
}
