'use client';

import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { type Outputs, trpc } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ConfirmModal } from '#src/components/confirm-modal.tsx';
import { ErrorNote } from '#src/components/error-note.tsx';
import { LinkButton } from '#src/components/links.tsx';
import { LocalTime } from '#src/components/local-time.tsx';
import { MoreButton } from '#src/components/more-button.tsx';
import { useTranslations } from '#texts';
import { FIRST_ITEMS } from './list-input.ts';
import { SettingsSection } from './settings-section.tsx';

type Share = Outputs['chat']['shares']['list']['items'][number];

/** The links of all shared chats. */
export function SharedLinks() {
  const t = useTranslations('settings.sharedLinks');
  const { messageOf } = useErrorMessages();
  const titleOf = ({ title }: Share) => (title === '' ? t('untitled') : title);
  const utils = trpc.useUtils();
  const shares = trpc.chat.shares.list.useInfiniteQuery(FIRST_ITEMS, {
    getNextPageParam: (page) => page.nextCursor,
  });
  const items = shares.data?.pages.flatMap((page) => page.items) ?? [];
  const [ending, setEnding] = useState<Share | null>(null);
  const revoke = trpc.chat.shares.revoke.useMutation({
    onSuccess: () => setEnding(null),
    onSettled: () => utils.chat.shares.invalidate(),
  });
  return (
    <SettingsSection id="shared-links" description={t('description')}>
      {shares.isSuccess && items.length === 0 && <Text size="sm">{t('none')}</Text>}
      {items.map((share) => (
        <Group key={share.chatId} justify="space-between" gap="xs">
          <div style={{ flex: '1 1 200px', minWidth: 0 }}>
            <Text size="sm" fw={550} style={{ overflowWrap: 'anywhere' }}>
              {titleOf(share)}
            </Text>
            <Text size="xs" c="dimmed">
              {t.rich('facts', {
                count: share.messageCount,
                shared: () => <LocalTime date={share.sharedAt} />,
              })}
              {share.fileCount > 0 && `, ${t('files', { count: share.fileCount })}`}
            </Text>
          </div>
          <Group gap="xs" wrap="nowrap">
            <LinkButton
              href={share.path}
              variant="default"
              size="xs"
              aria-label={t('openLink', { title: titleOf(share) })}
            >
              {t('open')}
            </LinkButton>
            <Button
              variant="default"
              size="xs"
              aria-label={t('stopChat', { title: titleOf(share) })}
              onClick={() => {
                revoke.reset();
                setEnding(share);
              }}
            >
              {t('stop')}
            </Button>
          </Group>
        </Group>
      ))}
      <MoreButton list={shares} label={t('more')} />
      {shares.error && <ErrorNote onRetry={() => void shares.refetch()}>{messageOf(shares.error)}</ErrorNote>}
      <ConfirmModal
        opened={ending !== null}
        onClose={() => setEnding(null)}
        title={t('stopTitle')}
        confirmLabel={t('stop')}
        busy={revoke.isPending}
        error={revoke.isError ? messageOf(revoke.error) : null}
        onConfirm={() => {
          if (ending) revoke.mutate({ chatId: ending.chatId });
        }}
      >
        {t('stopText', { title: ending ? titleOf(ending) : '' })}
      </ConfirmModal>
    </SettingsSection>
  );
}
