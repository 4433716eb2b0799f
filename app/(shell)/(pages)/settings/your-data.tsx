'use client';

import { Button, Group, PasswordInput, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { reloadAs } from '#src/client/auth.ts';
import { forgetTexts } from '#src/client/drafts.ts';
import { errorMessage } from '#src/client/errors.ts';
import { trpc } from '#src/client/trpc.ts';
import { ConfirmModal } from '#src/components/confirm-modal.tsx';
import { DownloadIcon, TrashIcon } from '#src/components/icons.tsx';
import { Section } from '#src/components/section.tsx';
import { PRODUCT } from '#contract/product';

/** The export of all data, and the deletion of the account. */
export function YourData({ userId, isGuest }: { userId: string; isGuest: boolean }) {
  const [opened, modal] = useDisclosure(false);
  const [password, setPassword] = useState('');
  const remove = trpc.protected.deleteAccount.useMutation({
    onSuccess: () => {
      forgetTexts(userId);
      reloadAs('/');
    },
  });
  return (
    <Section
      title="Your data"
      description="The download contains your account, instructions, chats, messages, sessions and activity."
    >
      <Group>
        <Button
          component="a"
          href="/api/v1/protected/export"
          download={`${PRODUCT.slug}-export.json`}
          variant="default"
          leftSection={<DownloadIcon />}
        >
          Download data
        </Button>
        <Button variant="light" color="red" leftSection={<TrashIcon />} onClick={modal.open}>
          Delete account
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
        confirmLabel="Delete account"
        busy={remove.isPending || remove.isSuccess}
        error={remove.isError ? errorMessage(remove.error) : null}
        onConfirm={() => remove.mutate(isGuest ? {} : { password })}
      >
        <Text size="sm">Your chats, keys and sessions will be permanently deleted.</Text>
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
