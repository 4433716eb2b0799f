'use client';

import { Badge, Button, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { type Outputs, trpc } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ConfirmModal } from '#src/components/confirm-modal.tsx';
import { ErrorNote } from '#src/components/error-note.tsx';
import { LocalTime } from '#src/components/local-time.tsx';
import { MoreButton } from '#src/components/more-button.tsx';
import { useTranslations } from '#texts';
import { FIRST_ITEMS } from './list-input.ts';
import { SettingsSection } from './settings-section.tsx';
import { programOf } from './user-agent.ts';

type Session = Outputs['protected']['sessions']['list']['items'][number];

/** True if a device is described by a name alone, which is the same in all languages. */
function isName(userAgent: string | null): boolean {
  const { browser, system } = programOf(userAgent);
  return browser !== null && system === null;
}

/** The active sessions of the account. */
export function Sessions() {
  const t = useTranslations('settings.sessions');
  const { messageOf } = useErrorMessages();
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

  /** Describes a device, such as "Firefox on Linux", or by the name of its program. */
  function describe(userAgent: string | null): string {
    const { browser, system } = programOf(userAgent);
    if (browser === null) return t('unknown');
    return system === null ? browser : t('browserOn', { browser, system });
  }

  return (
    <SettingsSection id="active-sessions">
      {items.map((session) => (
        <Group key={session.id} justify="space-between" wrap="nowrap">
          <div>
            <Group gap="xs">
              <Text size="sm" fw={550} {...(isName(session.userAgent) && { translate: 'no' })}>
                {describe(session.userAgent)}
              </Text>
              {session.current && (
                <Badge size="sm" variant="light">
                  {t('thisDevice')}
                </Badge>
              )}
            </Group>
            <Text size="xs" c="dimmed">
              {t.rich(session.ip === null || session.ip === '' ? 'since' : 'sinceFrom', {
                ip: session.ip ?? '',
                since: () => <LocalTime date={session.createdAt} withTime />,
              })}
            </Text>
          </div>
          {!session.current && (
            <Button
              flex="none"
              variant="default"
              size="xs"
              aria-label={t('signOutDevice', { device: describe(session.userAgent) })}
              onClick={() => {
                revoke.reset();
                setEnding(session);
                modal.open();
              }}
            >
              {t('signOut')}
            </Button>
          )}
        </Group>
      ))}
      <MoreButton list={sessions} label={t('more')} />
      {sessions.error && (
        <ErrorNote onRetry={() => void sessions.refetch()}>{messageOf(sessions.error)}</ErrorNote>
      )}
      <ConfirmModal
        opened={confirming}
        onClose={modal.close}
        title={t('signOutTitle')}
        confirmLabel={t('signOut')}
        busy={revoke.isPending}
        error={revoke.isError ? messageOf(revoke.error) : null}
        onConfirm={() => {
          if (ending) revoke.mutate({ id: ending.id });
        }}
      >
        {t('signOutText', { device: describe(ending?.userAgent ?? null) })}
      </ConfirmModal>
    </SettingsSection>
  );
}
