'use client';

import { Button, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { type Provider, PROVIDERS } from '#contract/models';
import { trpc } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ConfirmModal } from '#src/components/confirm-modal.tsx';
import { ErrorNote } from '#src/components/error-note.tsx';
import { PasswordField } from '#src/components/password-field.tsx';
import { useTranslations } from '#texts';
import { SettingsSection } from './settings-section.tsx';

/** The names of providers that have one. */
const NAMES: Partial<Record<Provider, string>> = {
  openai: 'OpenAI',
  anthropic: 'Anthropic',
  google: 'Google',
};

/** The user's own keys for model providers. */
export function ProviderKeys() {
  const t = useTranslations('settings.providerKeys');
  const { messageOf } = useErrorMessages();
  const keys = trpc.protected.providerKeys.list.useQuery();
  return (
    <SettingsSection id="model-provider-keys" description={t('description')}>
      {keys.data &&
        PROVIDERS.map((provider) => (
          <ProviderKey
            key={provider}
            provider={provider}
            last4={keys.data.items.find((item) => item.provider === provider)?.last4 ?? null}
          />
        ))}
      {keys.error && <ErrorNote onRetry={() => void keys.refetch()}>{messageOf(keys.error)}</ErrorNote>}
    </SettingsSection>
  );
}

function ProviderKey({ provider, last4 }: { provider: Provider; last4: string | null }) {
  const t = useTranslations('settings');
  const tKeys = useTranslations('settings.providerKeys');
  const tCommon = useTranslations('common');
  const { messageOf } = useErrorMessages();
  const utils = trpc.useUtils();
  const [editing, setEditing] = useState(false);
  const [key, setKey] = useState('');
  const onSettled = () => Promise.all([utils.protected.invalidate(), utils.chat.models.invalidate()]);
  const set = trpc.protected.providerKeys.set.useMutation({
    onSuccess: () => stop(),
    onSettled,
  });
  const [removing, modal] = useDisclosure(false);
  const remove = trpc.protected.providerKeys.delete.useMutation({ onSuccess: modal.close, onSettled });
  const name = NAMES[provider] ?? tKeys('compatibleServer');

  function stop() {
    setEditing(false);
    setKey('');
  }

  if (editing) {
    return (
      <form
        onSubmit={(event) => {
          event.preventDefault();
          set.mutate({ provider, key: key.trim() });
        }}
      >
        <Group align="flex-end">
          <PasswordField
            flex={1}
            miw={200}
            label={tKeys('label', { provider: name })}
            autoComplete="off"
            autoFocus
            maxLength={500}
            value={key}
            onChange={(event) => setKey(event.currentTarget.value)}
            error={set.isError && messageOf(set.error)}
          />
          <Button type="submit" loading={set.isPending} disabled={key.trim() === ''}>
            {t('save')}
          </Button>
          <Button variant="default" onClick={stop}>
            {tCommon('cancel')}
          </Button>
        </Group>
      </form>
    );
  }
  return (
    <Group justify="space-between">
      <div>
        <Text size="sm" fw={550}>
          {NAMES[provider] === undefined ? name : <span translate="no">{name}</span>}
        </Text>
        <Text size="xs" c="dimmed">
          {last4 === null ? tKeys('noKey') : tKeys('endsWith', { end: last4 })}
        </Text>
      </div>
      <Group gap="xs">
        <Button
          variant="default"
          size="xs"
          onClick={() => setEditing(true)}
          aria-label={tKeys(last4 === null ? 'addFor' : 'replaceFor', { provider: name })}
        >
          {tKeys(last4 === null ? 'add' : 'replace')}
        </Button>
        {last4 !== null && (
          <Button
            variant="default"
            size="xs"
            c="red"
            aria-label={tKeys('removeFor', { provider: name })}
            onClick={() => {
              remove.reset();
              modal.open();
            }}
          >
            {tKeys('remove')}
          </Button>
        )}
      </Group>
      <ConfirmModal
        opened={removing}
        onClose={modal.close}
        title={tKeys('removeTitle', { provider: name })}
        confirmLabel={tKeys('remove')}
        busy={remove.isPending}
        error={remove.isError ? messageOf(remove.error) : null}
        onConfirm={() => remove.mutate({ provider })}
      >
        {tKeys('removeText')}
      </ConfirmModal>
    </Group>
  );
}
