'use client';

import { Badge, Button, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { errorMessage } from '#src/client/errors.ts';
import { type Outputs, trpc } from '#src/client/trpc.ts';
import { ConfirmModal } from '#src/components/confirm-modal.tsx';
import { ErrorNote } from '#src/components/error-note.tsx';
import { LocalTime } from '#src/components/local-time.tsx';
import { Section } from '#src/components/section.tsx';
import { FIRST_ITEMS } from './list-input.ts';
import { MoreButton } from '#src/components/more-button.tsx';
import { describeUserAgent } from './user-agent.ts';

type Session = Outputs['protected']['sessions']['list']['items'][number];

/** The active sessions of the account. */
export function Sessions() {
  const utils = trpc.useUtils();
  const sessions = trpc.protected.sessions.list.useInfiniteQuery(FIRST_ITEMS, {
    getNextPageParam: (page) => page.nextCursor,
  });
  const items = sessions.data?.pages.flatMap((page) => page.items) ?? [];
  const [ending, setEnding] = useState<Session | null>(null);
  const [confirming, modal] = useDisclosure(false);
  const revoke = trpc.protected.sessions.revoke.useMutation({
    onSuccess: modal.close,
    onSettled: () => utils.protected.invalidate(),
  });
  return (
    <Section title="Active sessions">
      {items.map((session) => (
        <Group key={session.id} justify="space-between" wrap="nowrap">
          <div>
            <Group gap="xs">
              <Text size="sm" fw={550}>
                {describeUserAgent(session.userAgent)}
              </Text>
              {session.current && (
                <Badge size="sm" variant="light">
                  This device
                </Badge>
              )}
            </Group>
            <Text size="xs" c="dimmed">
              {session.ip !== null && session.ip !== '' && `${session.ip}, `}since{' '}
              <LocalTime date={session.createdAt} withTime />
            </Text>
          </div>
          {!session.current && (
            <Button
              variant="default"
              size="xs"
              aria-label={`Sign out ${describeUserAgent(session.userAgent)}`}
              onClick={() => {
                revoke.reset();
                setEnding(session);
                modal.open();
              }}
            >
              Sign out
            </Button>
          )}
        </Group>
      ))}
      <MoreButton list={sessions} label="Load more sessions" />
      {sessions.error && (
        <ErrorNote onRetry={() => void sessions.refetch()}>{errorMessage(sessions.error)}</ErrorNote>
      )}
      <ConfirmModal
        opened={confirming}
        onClose={modal.close}
        title="Sign out this device?"
        confirmLabel="Sign out"
        busy={revoke.isPending}
        error={revoke.isError ? errorMessage(revoke.error) : null}
        onConfirm={() => {
          if (ending) revoke.mutate({ id: ending.id });
        }}
      >
        {describeUserAgent(ending?.userAgent ?? null)} can use your account again only after signing in.
      </ConfirmModal>
    </Section>
  );
}
