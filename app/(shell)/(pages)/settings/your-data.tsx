'use client';

import { Button, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { reloadAs } from '#src/client/auth.ts';
import { forgetTexts } from '#src/client/drafts.ts';
import { trpc } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ConfirmModal } from '#src/components/confirm-modal.tsx';
import { DownloadIcon, TrashIcon } from '#src/components/icons.tsx';
import { PasswordField } from '#src/components/password-field.tsx';
import { PRODUCT } from '#contract/product';
import { useTranslations } from '#texts';
import { SettingsSection } from './settings-section.tsx';

/** The export of all data, and the deletion of the account. */
export function YourData({ userId, isGuest }: { userId: string; isGuest: boolean }) {
  const t = useTranslations('settings.yourData');
  const { messageOf } = useErrorMessages();
  const [opened, modal] = useDisclosure(false);
  const [password, setPassword] = useState('');
  const remove = trpc.protected.deleteAccount.useMutation({
    onSuccess: () => {
      forgetTexts(userId);
      reloadAs('/');
    },
  });
  return (
    <SettingsSection id="your-data" description={t('description')}>
      <Group>
        <Button
          component="a"
          href="/api/v1/protected/export"
          download={`${PRODUCT.slug}-export.json`}
          variant="default"
          leftSection={<DownloadIcon />}
        >
          {t('download')}
        </Button>
        <Button variant="light" color="red" leftSection={<TrashIcon />} onClick={modal.open}>
          {t('delete')}
        </Button>
      </Group>
      <ConfirmModal
        opened={opened}
        onClose={() => {
          modal.close();
          remove.reset();
          setPassword('');
        }}
        title={t('deleteTitle')}
        confirmLabel={t('delete')}
        busy={remove.isPending || remove.isSuccess}
        error={remove.isError ? messageOf(remove.error) : null}
        onConfirm={() => remove.mutate(isGuest ? {} : { password })}
      >
        <Text size="sm">{t('deleteText')}</Text>
        {!isGuest && (
          <PasswordField
            mt="md"
            label={t('password')}
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
        )}
      </ConfirmModal>
    </SettingsSection>
  );
}
