'use client';

import { Badge, Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { type Outputs, trpc } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ConfirmModal } from '#src/components/confirm-modal.tsx';
import { ErrorNote } from '#src/components/error-note.tsx';
import { LocalTime } from '#src/components/local-time.tsx';
import { MoreButton } from '#src/components/more-button.tsx';
import { useScopeTexts } from '#src/components/scope-texts.ts';
import { useTranslations } from '#texts';
import { FIRST_ITEMS } from './list-input.ts';
import { SettingsSection } from './settings-section.tsx';

type Client = Outputs['protected']['clients']['list']['items'][number];

function ClientFacts({ client: { host, scopes, lastUsedAt, createdAt } }: { client: Client }) {
  const t = useTranslations('settings.connectedPrograms');
  const scopeTexts = useScopeTexts();
  return (
    <>
      <Text size="xs" c="dimmed">
        {t.rich('facts', {
          host: host ?? t('unverified'),
          connected: () => <LocalTime date={createdAt} />,
          use: lastUsedAt ? 'once' : 'never',
          used: () => lastUsedAt && <LocalTime date={lastUsedAt} />,
        })}
      </Text>
      <Group gap={4} mt={4}>
        {scopes.map((scope) => (
          <Badge key={scope} size="sm" variant="light" color={scope.endsWith('write') ? 'orange' : 'gray'}>
            {scopeTexts[scope].label}
          </Badge>
        ))}
      </Group>
    </>
  );
}

/** The programs that act for the account over MCP. */
export function ConnectedPrograms() {
  const t = useTranslations('settings.connectedPrograms');
  const { messageOf } = useErrorMessages();
  const utils = trpc.useUtils();
  const clients = trpc.protected.clients.list.useInfiniteQuery(FIRST_ITEMS, {
    getNextPageParam: (page) => page.nextCursor,
  });
  const items = clients.data?.pages.flatMap((page) => page.items) ?? [];
  const [leaving, setLeaving] = useState<Client | null>(null);
  const disconnect = trpc.protected.clients.disconnect.useMutation({
    onSuccess: () => setLeaving(null),
    onSettled: () => utils.protected.invalidate(),
  });
  return (
    <SettingsSection id="connected-programs" description={t('description')}>
      {clients.isSuccess && items.length === 0 && <Text size="sm">{t('none')}</Text>}
      {items.map((client) => (
        <Group key={client.id} justify="space-between" wrap="nowrap">
          <div>
            <Text size="sm" fw={550} style={{ overflowWrap: 'anywhere' }}>
              {client.name}
            </Text>
            <ClientFacts client={client} />
          </div>
          <Button
            flex="none"
            variant="default"
            size="xs"
            style={{ flexShrink: 0 }}
            aria-label={t('disconnectProgram', { name: client.name })}
            onClick={() => {
              disconnect.reset();
              setLeaving(client);
            }}
          >
            {t('disconnect')}
          </Button>
        </Group>
      ))}
      <MoreButton list={clients} label={t('more')} />
      {clients.error && (
        <ErrorNote onRetry={() => void clients.refetch()}>{messageOf(clients.error)}</ErrorNote>
      )}
      <ConfirmModal
        opened={leaving !== null}
        onClose={() => setLeaving(null)}
        title={t('disconnectTitle')}
        confirmLabel={t('disconnect')}
        busy={disconnect.isPending}
        error={disconnect.isError ? messageOf(disconnect.error) : null}
        onConfirm={() => {
          if (leaving) disconnect.mutate({ id: leaving.id });
        }}
      >
        {t('disconnectText', { name: leaving?.name ?? '' })}
      </ConfirmModal>
    </SettingsSection>
  );
}
