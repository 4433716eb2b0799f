'use client';

import { Group, Text } from '@mantine/core';
import { messageOf } from '#src/client/errors.ts';
import { trpc } from '#src/client/trpc.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { LocalTime } from '#src/components/local-time.tsx';
import { Section } from '#src/components/section.tsx';
import { FIRST_ITEMS } from './list-input.ts';
import { MoreButton } from '#src/components/more-button.tsx';

const ACTIONS: Record<string, string> = {
  'session.create': 'Signed in',
  'sign-in.fail': 'Failed to sign in: wrong password',
  'session.revoke': 'Signed out another device',
  'api-key.create': 'Made an API key',
  'api-key.revoke': 'Revoked an API key',
  'provider-key.set': 'Stored a provider key',
  'provider-key.delete': 'Removed a provider key',
  'user.create': 'Account made',
  'user.update': 'Changed the profile',
  'user.change-email': 'Changed the email address',
  'user.change-password': 'Changed the password',
  'user.ban': 'Account banned',
  'user.unban': 'Account let in again',
  'user.set-role.admin': 'Made an admin',
  'user.set-role.user': 'No longer an admin',
};

/** What was done to the account, newest first. */
export function Activity() {
  const events = trpc.protected.audit.useInfiniteQuery(FIRST_ITEMS, {
    getNextPageParam: (page) => page.nextCursor,
  });
  const items = events.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section title="Activity" description="What was done to your account, by you or by an admin.">
      {items.map(({ id, action, count, target, ip, createdAt }) => (
        <Group key={id} justify="space-between" gap="xs">
          <Text size="sm">
            {ACTIONS[action] ?? action}
            {count > 1 && ` (${count} times)`}
            {action.startsWith('provider-key') && target !== null && ` (${target})`}
          </Text>
          <Text size="xs" c="dimmed">
            {ip !== null && ip !== '' && `${ip}, `}
            <LocalTime date={createdAt} withTime />
          </Text>
        </Group>
      ))}
      {events.error && <ErrorNote onRetry={() => void events.refetch()}>{messageOf(events.error)}</ErrorNote>}
      <MoreButton list={events} label="Load more activity" />
    </Section>
  );
}
