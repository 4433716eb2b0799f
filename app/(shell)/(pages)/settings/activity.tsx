'use client';

import { Group, Text } from '@mantine/core';
import { errorMessage } from '#src/client/errors.ts';
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
  'api-key.create': 'Created an API key',
  'api-key.revoke': 'Revoked an API key',
  'client.register': 'Registered a program',
  'client.delete': 'Deleted a registered program',
  'client.connect': 'Connected a program',
  'client.disconnect': 'Disconnected a program',
  'provider-key.set': 'Stored a provider key',
  'provider-key.delete': 'Removed a provider key',
  'chat.share': 'Shared a chat',
  'chat.unshare': 'Stopped sharing a chat',
  'user.create': 'Account created',
  'user.update': 'Changed the profile',
  'user.change-email': 'Changed the email address',
  'user.change-password': 'Changed the password',
  'user.ban': 'Account banned',
  'user.unban': 'Account unbanned',
  'user.set-role.admin': 'Admin role added',
  'user.set-role.user': 'Admin role removed',
};

/** The audit trail of the account, newest first. */
export function Activity() {
  const events = trpc.protected.audit.useInfiniteQuery(FIRST_ITEMS, {
    getNextPageParam: (page) => page.nextCursor,
  });
  const items = events.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section title="Activity" description="Actions on your account by you or an admin.">
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
      {events.error && (
        <ErrorNote onRetry={() => void events.refetch()}>{errorMessage(events.error)}</ErrorNote>
      )}
      <MoreButton list={events} label="Load more activity" />
    </Section>
  );
}
