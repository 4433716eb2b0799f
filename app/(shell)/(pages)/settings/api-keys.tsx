'use client';

import { Anchor, Badge, Button, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { type Outputs, trpc } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ConfirmModal } from '#src/components/confirm-modal.tsx';
import { ErrorNote } from '#src/components/error-note.tsx';
import { PlusIcon } from '#src/components/icons.tsx';
import { LocalTime } from '#src/components/local-time.tsx';
import { onDemand, useLoad } from '#src/components/on-demand.ts';
import { MoreButton } from '#src/components/more-button.tsx';
import { useTranslations } from '#texts';
import { FIRST_ITEMS } from './list-input.ts';
import type { NewApiKeyProps } from './new-api-key.tsx';
import { SettingsSection } from './settings-section.tsx';

const newApiKey = onDemand<NewApiKeyProps>(() =>
  import('./new-api-key.tsx').then((module) => module.NewApiKey),
);

type ApiKey = Outputs['protected']['apiKeys']['list']['items'][number];

function KeyFacts({ apiKey }: { apiKey: ApiKey }) {
  const { expiresAt, lastUsedAt } = apiKey;
  const t = useTranslations('settings.apiKeys');
  return (
    <Text size="xs" c="dimmed">
      {t.rich('facts', {
        start: () => <span translate="no">{apiKey.start}</span>,
        use: lastUsedAt ? 'once' : 'never',
        used: () => lastUsedAt && <LocalTime date={lastUsedAt} />,
        end: expiresAt ? 'once' : 'never',
        expires: () => expiresAt && <LocalTime date={expiresAt} />,
      })}
    </Text>
  );
}

/** The API keys of the account. */
export function ApiKeys() {
  const t = useTranslations('settings.apiKeys');
  const { messageOf } = useErrorMessages();
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
    <SettingsSection id="api-keys" description={t('description')}>
      <Anchor href="/docs" size="sm">
        {t('reference')}
      </Anchor>
      {keys.isSuccess && items.length === 0 && <Text size="sm">{t('none')}</Text>}
      {items.map((apiKey) => (
        <Group key={apiKey.id} justify="space-between" wrap="nowrap">
          <div>
            <Group gap="xs">
              <Text size="sm" fw={550}>
                {apiKey.name}
              </Text>
              <Badge size="sm" variant="light" color={apiKey.scope === 'write' ? 'orange' : 'gray'}>
                {t(apiKey.scope === 'write' ? 'write' : 'read')}
              </Badge>
            </Group>
            <KeyFacts apiKey={apiKey} />
          </div>
          <Button
            flex="none"
            variant="default"
            size="xs"
            aria-label={t('revokeKey', { name: apiKey.name })}
            onClick={() => {
              revoke.reset();
              setRevoking(apiKey);
            }}
          >
            {t('revoke')}
          </Button>
        </Group>
      ))}
      <MoreButton list={keys} label={t('more')} />
      {keys.error && <ErrorNote onRetry={() => void keys.refetch()}>{messageOf(keys.error)}</ErrorNote>}
      <Button variant="default" leftSection={<PlusIcon />} onClick={newKey.open} w="fit-content">
        {t('new')}
      </Button>
      <newApiKey.View props={{ opened: creating, onClose: newKey.close }} />
      <ConfirmModal
        opened={revoking !== null}
        onClose={() => setRevoking(null)}
        title={t('revokeTitle')}
        confirmLabel={t('revoke')}
        busy={revoke.isPending}
        error={revoke.isError ? messageOf(revoke.error) : null}
        onConfirm={() => {
          if (revoking) revoke.mutate({ id: revoking.id });
        }}
      >
        {t('revokeText', { name: revoking?.name ?? '' })}
      </ConfirmModal>
    </SettingsSection>
  );
}
