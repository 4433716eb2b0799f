'use client';

import { Button, Group, PasswordInput, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { enterAs } from '#src/client/auth.ts';
import { messageOf } from '#src/client/errors.ts';
import { trpc } from '#src/client/trpc.ts';
import { ConfirmModal } from '#src/components/confirm-modal.tsx';
import { DownloadIcon, TrashIcon } from '#src/components/icons.tsx';
import { Section } from '#src/components/section.tsx';

/** Taking everything along, and leaving nothing behind. */
export function YourData({ isGuest }: { isGuest: boolean }) {
  const [opened, modal] = useDisclosure(false);
  const [password, setPassword] = useState('');
  const remove = trpc.protected.deleteAccount.useMutation({ onSuccess: () => enterAs('/') });
  return (
    <Section
      title="Your data"
      description="The download has everything you own here: account, chats, messages, sessions and activity."
    >
      <Group>
        <Button
          component="a"
          href="/api/v1/protected/export"
          download="switchboard-export.json"
          variant="default"
          leftSection={<DownloadIcon />}
        >
          Download everything
        </Button>
        <Button variant="light" color="red" leftSection={<TrashIcon />} onClick={modal.open}>
          Delete the account
        </Button>
      </Group>
      <ConfirmModal
        opened={opened}
        onClose={() => {
          modal.close();
          remove.reset();
          setPassword('');
        }}
        title="Delete your account?"
        confirmLabel="Delete everything"
        busy={remove.isPending || remove.isSuccess}
        error={remove.isError ? messageOf(remove.error) : null}
        onConfirm={() => remove.mutate(isGuest ? {} : { password })}
      >
        <Text size="sm">Your chats, keys and sessions will be gone for good, at once.</Text>
        {!isGuest && (
          <PasswordInput
            mt="md"
            label="Your password"
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
        )}
      </ConfirmModal>
    </Section>
  );
}
