'use client';

import { Button, Group, PasswordInput, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { type Provider, PROVIDERS } from '#contract/models';
import { errorMessage } from '#src/client/errors.ts';
import { trpc } from '#src/client/trpc.ts';
import { ConfirmModal } from '#src/components/confirm-modal.tsx';
import { ErrorNote } from '#src/components/error-note.tsx';
import { Section } from '#src/components/section.tsx';

const NAMES: Record<Provider, string> = {
  openai: 'OpenAI',
  anthropic: 'Anthropic',
  google: 'Google',
  'openai-compatible': 'OpenAI-compatible server',
};

/** The user's own keys for model providers. */
export function ProviderKeys() {
  const keys = trpc.protected.providerKeys.list.useQuery();
  return (
    <Section
      title="Model provider keys"
      description="Your chats use your own key instead of the server’s. It is stored encrypted and never shown again."
    >
      {keys.data &&
        PROVIDERS.map((provider) => (
          <ProviderKey
            key={provider}
            provider={provider}
            last4={keys.data.items.find((item) => item.provider === provider)?.last4 ?? null}
          />
        ))}
      {keys.error && <ErrorNote onRetry={() => void keys.refetch()}>{errorMessage(keys.error)}</ErrorNote>}
    </Section>
  );
}

function ProviderKey({ provider, last4 }: { provider: Provider; last4: string | null }) {
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
  const name = NAMES[provider];

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
          <PasswordInput
            flex={1}
            miw={200}
            label={`Key for ${name}`}
            autoComplete="off"
            autoFocus
            maxLength={500}
            value={key}
            onChange={(event) => setKey(event.currentTarget.value)}
            error={set.isError && errorMessage(set.error)}
          />
          <Button type="submit" loading={set.isPending} disabled={key.trim() === ''}>
            Save
          </Button>
          <Button variant="default" onClick={stop}>
            Cancel
          </Button>
        </Group>
      </form>
    );
  }
  return (
    <Group justify="space-between">
      <div>
        <Text size="sm" fw={550}>
          {name}
        </Text>
        <Text size="xs" c="dimmed">
          {last4 === null ? 'No key set' : `Your key ends with ${last4}`}
        </Text>
      </div>
      <Group gap="xs">
        <Button
          variant="default"
          size="xs"
          onClick={() => setEditing(true)}
          aria-label={`${last4 === null ? 'Add key' : 'Replace key'} for ${name}`}
        >
          {last4 === null ? 'Add key' : 'Replace'}
        </Button>
        {last4 !== null && (
          <Button
            variant="default"
            size="xs"
            c="red"
            aria-label={`Remove key for ${name}`}
            onClick={() => {
              remove.reset();
              modal.open();
            }}
          >
            Remove
          </Button>
        )}
      </Group>
      <ConfirmModal
        opened={removing}
        onClose={modal.close}
        title={`Remove your key for ${name}?`}
        confirmLabel="Remove"
        busy={remove.isPending}
        error={remove.isError ? errorMessage(remove.error) : null}
        onConfirm={() => remove.mutate({ provider })}
      >
        The key cannot be shown again. To use it later, you have to enter it again.
      </ConfirmModal>
    </Group>
  );
}
