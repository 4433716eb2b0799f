'use client';

import { Anchor, Badge, Button, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { errorMessage } from '#src/client/errors.ts';
import { type Outputs, trpc } from '#src/client/trpc.ts';
import { ConfirmModal } from '#src/components/confirm-modal.tsx';
import { ErrorNote } from '#src/components/error-note.tsx';
import { PlusIcon } from '#src/components/icons.tsx';
import { LocalTime } from '#src/components/local-time.tsx';
import { onDemand, useLoad } from '#src/components/on-demand.ts';
import { Section } from '#src/components/section.tsx';
import { LastUsed } from './last-used.tsx';
import { FIRST_ITEMS } from './list-input.ts';
import { MoreButton } from '#src/components/more-button.tsx';
import type { NewApiKeyProps } from './new-api-key.tsx';

const newApiKey = onDemand<NewApiKeyProps>(() =>
  import('./new-api-key.tsx').then((module) => module.NewApiKey),
);

type ApiKey = Outputs['protected']['apiKeys']['list']['items'][number];

function KeyFacts({ apiKey }: { apiKey: ApiKey }) {
  const { expiresAt, lastUsedAt } = apiKey;
  return (
    <Text size="xs" c="dimmed">
      {apiKey.start}…, <LastUsed date={lastUsedAt} />,{' '}
      {expiresAt ? (
        <>
          expires <LocalTime date={expiresAt} />
        </>
      ) : (
        'does not expire'
      )}
    </Text>
  );
}

/** The API keys of the account. */
export function ApiKeys() {
  const utils = trpc.useUtils();
  const keys = trpc.protected.apiKeys.list.useInfiniteQuery(FIRST_ITEMS, {
    getNextPageParam: (page) => page.nextCursor,
  });
  const items = keys.data?.pages.flatMap((page) => page.items) ?? [];
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const [creating, newKey] = useDisclosure(false);
  useLoad(newApiKey, creating, newKey.close);
  const revoke = trpc.protected.apiKeys.revoke.useMutation({
    onSuccess: () => setRevoking(null),
    onSettled: () => utils.protected.invalidate(),
  });
  return (
    <Section title="API keys" description="Programs send a key as “Authorization: Bearer …” and act as you.">
      <Anchor href="/docs" size="sm">
        API reference
      </Anchor>
      {keys.isSuccess && items.length === 0 && <Text size="sm">You have no API keys.</Text>}
      {items.map((apiKey) => (
        <Group key={apiKey.id} justify="space-between" wrap="nowrap">
          <div>
            <Group gap="xs">
              <Text size="sm" fw={550}>
                {apiKey.name}
              </Text>
              <Badge size="sm" variant="light" color={apiKey.scope === 'write' ? 'orange' : 'gray'}>
                {apiKey.scope === 'write' ? 'read and write' : 'read only'}
              </Badge>
            </Group>
            <KeyFacts apiKey={apiKey} />
          </div>
          <Button
            variant="default"
            size="xs"
            aria-label={`Revoke ${apiKey.name}`}
            onClick={() => {
              revoke.reset();
              setRevoking(apiKey);
            }}
          >
            Revoke
          </Button>
        </Group>
      ))}
      <MoreButton list={keys} label="Load more API keys" />
      {keys.error && <ErrorNote onRetry={() => void keys.refetch()}>{errorMessage(keys.error)}</ErrorNote>}
      <Button variant="default" leftSection={<PlusIcon />} onClick={newKey.open} w="fit-content">
        New API key
      </Button>
      <newApiKey.View props={{ opened: creating, onClose: newKey.close }} />
      <ConfirmModal
        opened={revoking !== null}
        onClose={() => setRevoking(null)}
        title="Revoke this key?"
        confirmLabel="Revoke"
        busy={revoke.isPending}
        error={revoke.isError ? errorMessage(revoke.error) : null}
        onConfirm={() => {
          if (revoking) revoke.mutate({ id: revoking.id });
        }}
      >
        Programs that use “{revoking?.name}” will no longer work.
      </ConfirmModal>
    </Section>
  );
}
