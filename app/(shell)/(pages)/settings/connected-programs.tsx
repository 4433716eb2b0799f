'use client';

import { Badge, Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { errorMessage } from '#src/client/errors.ts';
import { type Outputs, trpc } from '#src/client/trpc.ts';
import { ConfirmModal } from '#src/components/confirm-modal.tsx';
import { ErrorNote } from '#src/components/error-note.tsx';
import { LocalTime } from '#src/components/local-time.tsx';
import { MoreButton } from '#src/components/more-button.tsx';
import { SCOPE_WORDS } from '#src/components/scope-words.ts';
import { Section } from '#src/components/section.tsx';
import { LastUsed } from './last-used.tsx';
import { FIRST_ITEMS } from './list-input.ts';

type Client = Outputs['protected']['clients']['list']['items'][number];

function ClientFacts({ client: { host, scopes, lastUsedAt, createdAt } }: { client: Client }) {
  return (
    <>
      <Text size="xs" c="dimmed">
        {host ?? 'Name not verified'}, connected <LocalTime date={createdAt} />,{' '}
        <LastUsed date={lastUsedAt} />
      </Text>
      <Group gap={4} mt={4}>
        {scopes.map((scope) => (
          <Badge key={scope} size="sm" variant="light" color={scope.endsWith('write') ? 'orange' : 'gray'}>
            {SCOPE_WORDS[scope].label}
          </Badge>
        ))}
      </Group>
    </>
  );
}

/** The programs that act for the account over MCP. */
export function ConnectedPrograms() {
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
    <Section
      title="Connected programs"
      description="AI agents that you have given access. They connect to /api/mcp of this server."
    >
      {clients.isSuccess && items.length === 0 && <Text size="sm">You have not connected a program.</Text>}
      {items.map((client) => (
        <Group key={client.id} justify="space-between" wrap="nowrap">
          <div>
            <Text size="sm" fw={550} style={{ overflowWrap: 'anywhere' }}>
              {client.name}
            </Text>
            <ClientFacts client={client} />
          </div>
          <Button
            variant="default"
            size="xs"
            style={{ flexShrink: 0 }}
            aria-label={`Disconnect ${client.name}`}
            onClick={() => {
              disconnect.reset();
              setLeaving(client);
            }}
          >
            Disconnect
          </Button>
        </Group>
      ))}
      <MoreButton list={clients} label="Load more programs" />
      {clients.error && (
        <ErrorNote onRetry={() => void clients.refetch()}>{errorMessage(clients.error)}</ErrorNote>
      )}
      <ConfirmModal
        opened={leaving !== null}
        onClose={() => setLeaving(null)}
        title="Disconnect this program?"
        confirmLabel="Disconnect"
        busy={disconnect.isPending}
        error={disconnect.isError ? errorMessage(disconnect.error) : null}
        onConfirm={() => {
          if (leaving) disconnect.mutate({ id: leaving.id });
        }}
      >
        “{leaving?.name}” can no longer act for you. You can connect it again.
      </ConfirmModal>
    </Section>
  );
}
