'use client';

import { Badge, Button, Group, Text } from '@mantine/core';
import { errorMessage } from '#src/client/errors.ts';
import { trpc } from '#src/client/trpc.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { LocalTime } from '#src/components/local-time.tsx';
import { Section } from '#src/components/section.tsx';
import { FIRST_ITEMS } from './list-input.ts';
import { MoreButton } from '#src/components/more-button.tsx';
import { describeUserAgent } from './user-agent.ts';

/** The active sessions of the account. */
export function Sessions() {
  const utils = trpc.useUtils();
  const sessions = trpc.protected.sessions.list.useInfiniteQuery(FIRST_ITEMS, {
    getNextPageParam: (page) => page.nextCursor,
  });
  const items = sessions.data?.pages.flatMap((page) => page.items) ?? [];
  const revoke = trpc.protected.sessions.revoke.useMutation({
    onSettled: () => utils.protected.invalidate(),
  });
  const error = sessions.error ?? revoke.error;
  return (
    <Section title="Active sessions">
      {items.map(({ id, current, ip, userAgent, createdAt }) => (
        <Group key={id} justify="space-between" wrap="nowrap">
          <div>
            <Group gap="xs">
              <Text size="sm" fw={550}>
                {describeUserAgent(userAgent)}
              </Text>
              {current && (
                <Badge size="sm" variant="light">
                  This device
                </Badge>
              )}
            </Group>
            <Text size="xs" c="dimmed">
              {ip !== null && ip !== '' && `${ip}, `}since <LocalTime date={createdAt} withTime />
            </Text>
          </div>
          {!current && (
            <Button
              variant="default"
              size="xs"
              loading={revoke.isPending && revoke.variables.id === id}
              onClick={() => revoke.mutate({ id })}
            >
              Sign out
            </Button>
          )}
        </Group>
      ))}
      <MoreButton list={sessions} label="Load more sessions" />
      {error && <ErrorNote>{errorMessage(error)}</ErrorNote>}
    </Section>
  );
}
