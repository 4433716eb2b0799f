'use client';

import { Skeleton, Stack, Text } from '@mantine/core';
import { useInViewport, useMounted } from '@mantine/hooks';
import { useParams } from 'next/navigation';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { errorMessage } from '#src/client/errors.ts';
import { useSearchPages } from '#src/client/search-pages.ts';
import { trpc } from '#src/client/trpc.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { onDemand, useLoad } from '#src/components/on-demand.ts';
import { groupChats, LOCAL, UTC } from './chat-groups.ts';
import type { ChatMenuProps } from './chat-menu.tsx';
import { ChatRow } from './chat-row.tsx';
import { type Selection, SelectionBar, SelectRow, toggled } from './chat-selection.tsx';
import { FIRST_CHATS } from './list-input.ts';
import { RenameField } from './rename-field.tsx';
import classes from './sidebar.module.css';
import { type Chat, useChatChanges } from './use-chat-changes.ts';
import { useUnread } from './use-unread.ts';

const chatMenu = onDemand<ChatMenuProps>(() => import('./chat-menu.tsx').then((module) => module.ChatMenu));

/** The interval of checks whether an answer in another chat has ended, in milliseconds. */
const RUN_CHECK_MS = 3_000;

interface ChatListProps {
  search: string;
  archived: boolean;
  onNavigate: () => void;
}

function emptyText({ search, archived }: ChatListProps): string {
  if (search !== '') return 'No matching chats.';
  return archived ? 'No archived chats.' : 'No chats yet.';
}

function Loading() {
  return (
    <Stack gap="xs" p="xs" role="status" aria-label="Loading chats">
      {[80, 60, 70].map((width) => (
        <Skeleton key={width} h={16} w={`${width}%`} />
      ))}
    </Stack>
  );
}

/** Loads the list again when the answer in a chat ends that is not open. */
function RunCheck({ id }: { id: string }) {
  const utils = trpc.useUtils();
  const { data } = trpc.chat.get.useQuery({ id }, { refetchInterval: RUN_CHECK_MS });
  useEffect(() => {
    if (data?.activeRunId === null) void utils.chat.list.invalidate();
  }, [data, utils]);
  return null;
}

/** Loads the next page of a list when it comes into view, long before its end. */
function NextPage({ onVisible }: { onVisible: () => void }) {
  const { ref, inViewport } = useInViewport();
  useEffect(() => {
    if (inViewport) onVisible();
  }, [inViewport, onVisible]);
  return (
    <div className={classes['next']}>
      <div ref={ref} className={classes['ahead']} />
      <Loading />
    </div>
  );
}

/** Returns the link of a chat in a list. */
function linkIn(list: HTMLElement | null, id: string): HTMLElement | null {
  return list?.querySelector<HTMLElement>(`a[data-chat="${id}"]`) ?? null;
}

/** The user's chats: pinned first, then by the day of the last activity. */
export function ChatList(props: ChatListProps) {
  const { search, archived, onNavigate } = props;
  const { id: openId } = useParams<{ id?: string }>();
  const input = { ...FIRST_CHATS, archived, ...(search !== '' && { search }) };
  const chats = trpc.chat.list.useInfiniteQuery(input, { getNextPageParam: (page) => page.nextCursor });
  const { data, dataUpdatedAt, fetchNextPage } = chats;
  const isSearching = useSearchPages(chats);
  const { update } = useChatChanges();

  const items = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const isUnread = useUnread(items, openId);
  // The server does not know the reader's time zone.
  const clock = useMounted() ? LOCAL : UTC;
  const groups = useMemo(() => {
    if (search !== '' || archived) {
      return items.length === 0 ? [] : [{ title: archived ? 'Archived' : 'Search results', items }];
    }
    // The time of the data is the same on the server and in the browser, unlike the current time.
    return groupChats(items, new Date(dataUpdatedAt), clock);
  }, [items, dataUpdatedAt, clock, search, archived]);

  const list = useRef<HTMLDivElement>(null);
  const [menu, setMenu] = useState<{ chat: Chat; button: HTMLElement } | null>(null);
  const [isMenuOpen, setIsMenuOpen] = useState(false);
  /** The selected chats; null if none are being selected. */
  const [selection, setSelection] = useState<Selection | null>(null);
  const [renamedId, setRenamedId] = useState<string | null>(null);
  const onMenu = useCallback((chat: Chat, button: HTMLElement) => {
    setMenu({ chat, button });
    setIsMenuOpen((wasOpen) => !wasOpen);
  }, []);
  const closeMenu = () => setIsMenuOpen(false);
  useLoad(chatMenu, isMenuOpen, closeMenu);
  const loadNext = useCallback(() => void fetchNextPage(), [fetchNextPage]);

  /** Returns the link of the chat after, or else before, another one, or else the link to a new chat. */
  function neighbourOf(id: string): HTMLElement | null {
    const rows = groups.flatMap((group) => group.items);
    const index = rows.findIndex((chat) => chat.id === id);
    const neighbour = rows[index + 1] ?? rows[index - 1];
    if (neighbour) return linkIn(list.current, neighbour.id);
    return list.current?.closest('[data-sidebar]')?.querySelector('a[href="/chat"]') ?? null;
  }

  // A field that is removed while it has the focus passes it on to the link in its place.
  const lastRenamedId = useRef<string | null>(null);
  useEffect(() => {
    const id = lastRenamedId.current;
    lastRenamedId.current = renamedId;
    if (renamedId === null && id !== null && document.activeElement === document.body) {
      linkIn(list.current, id)?.focus();
    }
  }, [renamedId]);

  // So does the bar of a selection.
  const wasSelecting = useRef(false);
  useEffect(() => {
    const isEnded = wasSelecting.current && selection === null;
    wasSelecting.current = selection !== null;
    if (isEnded) list.current?.querySelector('a')?.focus();
  }, [selection]);

  if (chats.isPending || (isSearching && items.length === 0)) return <Loading />;
  if (chats.isError && !data) {
    return <ErrorNote onRetry={() => void chats.refetch()}>{errorMessage(chats.error)}</ErrorNote>;
  }
  if (groups.length === 0) {
    return (
      <Text size="sm" c="dimmed" p="sm">
        {emptyText(props)}
      </Text>
    );
  }
  return (
    <div ref={list}>
      {groups.map((group) => (
        <section key={group.title} aria-label={group.title}>
          <h2 className={classes['heading']}>{group.title}</h2>
          {group.items.map((chat) =>
            selection ? (
              <SelectRow
                key={chat.id}
                chat={chat}
                selection={selection}
                onToggle={(id) => setSelection((ids) => ids && toggled(ids, id))}
              />
            ) : chat.id === renamedId ? (
              <RenameField
                key={chat.id}
                title={chat.title}
                onRename={(title) => update.mutate({ id: chat.id, title })}
                onClose={() => setRenamedId(null)}
              />
            ) : (
              <ChatRow
                key={chat.id}
                chat={chat}
                isOpen={chat.id === openId}
                isUnread={isUnread(chat.id)}
                isMenuOpen={isMenuOpen && menu?.chat.id === chat.id}
                onNavigate={onNavigate}
                onMenu={onMenu}
              />
            ),
          )}
        </section>
      ))}
      {items.map(
        ({ id, activeRunId }) => activeRunId !== null && id !== openId && <RunCheck key={id} id={id} />,
      )}
      {chats.isFetchNextPageError ? (
        <ErrorNote onRetry={loadNext}>{errorMessage(chats.error)}</ErrorNote>
      ) : (
        chats.hasNextPage &&
        (isSearching ? <Loading /> : <NextPage key={items.length} onVisible={loadNext} />)
      )}
      {selection && <SelectionBar selection={selection} onEnd={() => setSelection(null)} />}
      <chatMenu.View
        props={{
          chat: menu?.chat ?? null,
          button: menu?.button ?? null,
          isOpen: isMenuOpen,
          onClose: closeMenu,
          onRename: ({ id }) => setRenamedId(id),
          onSelect: ({ id }) => setSelection(new Set([id])),
          neighbourOf,
        }}
      />
    </div>
  );
}
