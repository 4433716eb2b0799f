'use client';

import { Button, Skeleton, Stack, Text } from '@mantine/core';
import { useParams } from 'next/navigation';
import { errorMessage } from '#src/client/errors.ts';
import { useSearchPages } from '#src/client/search-pages.ts';
import { trpc } from '#src/client/trpc.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { ChatRow } from './chat-row.tsx';
import { FIRST_CHATS } from './list-input.ts';
import classes from './sidebar.module.css';

interface ChatListProps {
  search: string;
  archived: boolean;
  onNavigate: () => void;
}

function emptyText({ search, archived }: ChatListProps): string {
  if (search !== '') return 'No matching chats.';
  return archived ? 'No archived chats.' : 'No chats yet.';
}

/** The user's chats: pinned first, then by last activity. */
export function ChatList(props: ChatListProps) {
  const { search, archived, onNavigate } = props;
  const { id: openId } = useParams<{ id?: string }>();
  const input = { ...FIRST_CHATS, archived, ...(search !== '' && { search }) };
  const chats = trpc.chat.list.useInfiniteQuery(input, { getNextPageParam: (page) => page.nextCursor });
  const isSearching = useSearchPages(chats);

  if (chats.isPending || (isSearching && chats.data?.pages.every(({ items }) => items.length === 0))) {
    return (
      <Stack gap="xs" p="xs" role="status" aria-label="Loading chats">
        {[80, 60, 70].map((width) => (
          <Skeleton key={width} h={16} w={`${width}%`} />
        ))}
      </Stack>
    );
  }
  if (chats.isError && !chats.data) {
    return <ErrorNote onRetry={() => void chats.refetch()}>{errorMessage(chats.error)}</ErrorNote>;
  }

  const items = chats.data.pages.flatMap((page) => page.items);
  const groups = [
    { title: 'Pinned', items: items.filter((chat) => chat.pinned) },
    {
      title: archived ? 'Archived' : search === '' ? 'Recent' : 'Search results',
      items: items.filter((chat) => !chat.pinned),
    },
  ].filter((group) => group.items.length > 0);

  if (groups.length === 0) {
    return (
      <Text size="sm" c="dimmed" p="sm">
        {emptyText(props)}
      </Text>
    );
  }
  return (
    <>
      {groups.map((group) => (
        <section key={group.title} aria-label={group.title}>
          <h2 className={classes['heading']}>{group.title}</h2>
          {group.items.map((chat) => (
            <ChatRow key={chat.id} chat={chat} active={chat.id === openId} onNavigate={onNavigate} />
          ))}
        </section>
      ))}
      {chats.hasNextPage && (
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          m="xs"
          loading={chats.isFetchingNextPage || isSearching}
          onClick={() => void chats.fetchNextPage()}
        >
          Load more
        </Button>
      )}
    </>
  );
}
