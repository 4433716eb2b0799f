'use client';

import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { errorMessage } from '#src/client/errors.ts';
import { type Outputs, trpc } from '#src/client/trpc.ts';
import { ConfirmModal } from '#src/components/confirm-modal.tsx';
import { ErrorNote } from '#src/components/error-note.tsx';
import { LinkButton } from '#src/components/links.tsx';
import { LocalTime } from '#src/components/local-time.tsx';
import { MoreButton } from '#src/components/more-button.tsx';
import { Section } from '#src/components/section.tsx';
import { FIRST_ITEMS } from './list-input.ts';

type Share = Outputs['chat']['shares']['list']['items'][number];

const titleOf = ({ title }: Share) => (title === '' ? 'New chat' : title);

/** The links of all shared chats. */
export function SharedLinks() {
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
    <Section title="Shared links" description="Anyone who has such a link can read the chat as it was then.">
      {shares.isSuccess && items.length === 0 && <Text size="sm">You have not shared a chat.</Text>}
      {items.map((share) => (
        <Group key={share.chatId} justify="space-between" gap="xs">
          <div style={{ flex: '1 1 200px', minWidth: 0 }}>
            <Text size="sm" fw={550} style={{ overflowWrap: 'anywhere' }}>
              {titleOf(share)}
            </Text>
            <Text size="xs" c="dimmed">
              {share.messageCount} {share.messageCount === 1 ? 'message' : 'messages'}, shared{' '}
              <LocalTime date={share.sharedAt} />
            </Text>
          </div>
          <Group gap="xs" wrap="nowrap">
            <LinkButton
              href={share.path}
              variant="default"
              size="xs"
              aria-label={`Open the link to ${titleOf(share)}`}
            >
              Open
            </LinkButton>
            <Button
              variant="default"
              size="xs"
              aria-label={`Stop sharing ${titleOf(share)}`}
              onClick={() => {
                revoke.reset();
                setEnding(share);
              }}
            >
              Stop sharing
            </Button>
          </Group>
        </Group>
      ))}
      <MoreButton list={shares} label="Load more links" />
      {shares.error && (
        <ErrorNote onRetry={() => void shares.refetch()}>{errorMessage(shares.error)}</ErrorNote>
      )}
      <ConfirmModal
        opened={ending !== null}
        onClose={() => setEnding(null)}
        title="Stop sharing this chat?"
        confirmLabel="Stop sharing"
        busy={revoke.isPending}
        error={revoke.isError ? errorMessage(revoke.error) : null}
        onConfirm={() => {
          if (ending) revoke.mutate({ chatId: ending.chatId });
        }}
      >
        The link to “{ending && titleOf(ending)}” stops working immediately and permanently.
      </ConfirmModal>
    </Section>
  );
}
