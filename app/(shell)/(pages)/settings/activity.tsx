'use client';

import { Group, Text } from '@mantine/core';
import { trpc } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { LocalTime } from '#src/components/local-time.tsx';
import { MoreButton } from '#src/components/more-button.tsx';
import { useTranslations } from '#texts';
import { FIRST_ITEMS } from './list-input.ts';
import { SettingsSection } from './settings-section.tsx';

/** The actions by the keys of their texts. */
const ACTIONS = {
  'session.create': 'sessionCreate',
  'sign-in.fail': 'signInFail',
  'session.revoke': 'sessionRevoke',
  'api-key.create': 'apiKeyCreate',
  'api-key.revoke': 'apiKeyRevoke',
  'client.register': 'clientRegister',
  'client.delete': 'clientDelete',
  'client.connect': 'clientConnect',
  'client.disconnect': 'clientDisconnect',
  'provider-key.set': 'providerKeySet',
  'provider-key.delete': 'providerKeyDelete',
  'chat.share': 'chatShare',
  'chat.unshare': 'chatUnshare',
  'user.create': 'userCreate',
  'user.update': 'userUpdate',
  'user.change-email': 'userChangeEmail',
  'user.change-password': 'userChangePassword',
  'user.ban': 'userBan',
  'user.unban': 'userUnban',
  'user.set-role.admin': 'userSetRoleAdmin',
  'user.set-role.user': 'userSetRoleUser',
} as const;

const isKnown = (action: string): action is keyof typeof ACTIONS => Object.hasOwn(ACTIONS, action);

/** The audit trail of the account, newest first. */
export function Activity() {
  const t = useTranslations('settings.activity');
  const { messageOf } = useErrorMessages();
  const events = trpc.protected.audit.useInfiniteQuery(FIRST_ITEMS, {
    getNextPageParam: (page) => page.nextCursor,
  });
  const items = events.data?.pages.flatMap((page) => page.items) ?? [];

  /** Describes an event: what was done, how often and to what. */
  function describe({ action, count, target }: (typeof items)[number]): string {
    const name = isKnown(action) ? t(`actions.${ACTIONS[action]}`) : action;
    const text = count > 1 ? t('times', { action: name, count }) : name;
    return action.startsWith('provider-key') && target !== null
      ? t('target', { action: text, target })
      : text;
  }

  return (
    <SettingsSection id="activity" description={t('description')}>
      {items.map((event) => (
        <Group key={event.id} justify="space-between" gap="xs">
          <Text size="sm">{describe(event)}</Text>
          <Text size="xs" c="dimmed">
            {event.ip !== null && event.ip !== '' && `${event.ip}, `}
            <LocalTime date={event.createdAt} withTime />
          </Text>
        </Group>
      ))}
      {events.error && <ErrorNote onRetry={() => void events.refetch()}>{messageOf(events.error)}</ErrorNote>}
      <MoreButton list={events} label={t('more')} />
    </SettingsSection>
  );
}
