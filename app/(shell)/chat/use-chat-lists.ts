'use client';

import { type QueryKey, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { getQueryKey } from '@trpc/react-query';
import { useCallback, useMemo } from 'react';
import { trpc } from '#src/client/trpc.ts';
import {
  type Chat,
  type ChatPages,
  type ListInput,
  type Page,
  REFETCHED_PAGES,
  withChanges,
  withRefetched,
} from './chat-pages.ts';

const LISTS = { queryKey: getQueryKey(trpc.chat.list) };

/** True for the data of a list in the cache, which has no other type. */
const isPages = (data: unknown): data is ChatPages =>
  typeof data === 'object' && data !== null && 'pages' in data;

function mergeRefetched(old: unknown, fresh: unknown): unknown {
  return isPages(fresh) ? withRefetched(isPages(old) ? old : undefined, fresh) : fresh;
}

/** The number of chats in a page that is never fetched again. */
const LARGE_PAGE = 100;

/** Where a page begins, and how many chats it has; null for the first page. */
type PageParam = { cursor: string; limit: number } | null;

/**
 * Loads a list of chats page by page. After a change, or when the window gets the focus, only the first pages are fetched
 * again, however many were loaded.
 */
export function useChatPages(input: ListInput & { limit: number }) {
  const queryClient = useQueryClient();
  const { client } = trpc.useUtils();
  const queryKey = getQueryKey(trpc.chat.list, input, 'infinite');
  // Results of a search are short, and a page of them can be empty.
  const isWhole = input.search !== undefined;
  const loaded = () => queryClient.getQueryData<ChatPages>(queryKey)?.pages.length ?? 0;
  return useInfiniteQuery<Page, Error, ChatPages, QueryKey, PageParam>({
    queryKey,
    queryFn: ({ pageParam }) => client.chat.list.query({ ...input, ...pageParam }),
    initialPageParam: null,
    // Called for the pages in the cache, or for fewer of them while they are fetched again, which null ends.
    getNextPageParam({ nextCursor }, pages) {
      const isFirst = isWhole || pages.length < REFETCHED_PAGES;
      if (nextCursor === null || (!isFirst && pages.length < loaded())) return null;
      return { cursor: nextCursor, limit: isFirst ? input.limit : LARGE_PAGE };
    },
    ...(!isWhole && { structuralSharing: mergeRefetched }),
  });
}

/** Returns the input of a cached list. */
function inputOf([, part]: QueryKey): ListInput {
  const isObject = typeof part === 'object' && part !== null;
  return isObject && 'input' in part && typeof part.input === 'object' ? { ...part.input } : {};
}

/** Changes the lists of chats in the cache. */
export function useChatLists() {
  const queryClient = useQueryClient();
  const utils = trpc.useUtils();

  /** Puts a chat, as the server has it, in its place in all lists. Lists are not fetched again for it. */
  const put = useCallback(
    async (chat: Chat) => {
      const { withChat } = await import('./chat-place.ts');
      for (const [key, data] of queryClient.getQueriesData<ChatPages>(LISTS)) {
        if (data) queryClient.setQueryData(key, withChat(data, inputOf(key), chat));
      }
    },
    [queryClient],
  );

  /** Changes or removes chats of all lists. @returns a function that undoes it. */
  const change = useCallback(
    async (changed: (chat: Chat) => Chat | null) => {
      await queryClient.cancelQueries(LISTS);
      const before = queryClient.getQueriesData<ChatPages>(LISTS);
      queryClient.setQueriesData<ChatPages>(LISTS, (data) => data && withChanges(data, changed));
      return () => {
        for (const [key, data] of before) queryClient.setQueryData(key, data);
      };
    },
    [queryClient],
  );

  /** Returns all chats of all lists. */
  const all = useCallback(
    () =>
      queryClient
        .getQueriesData<ChatPages>(LISTS)
        .flatMap(([, data]) => data?.pages.flatMap((page) => page.items) ?? []),
    [queryClient],
  );

  /** True if a list has pages that are not fetched again. */
  const areLong = useCallback(
    () =>
      queryClient
        .getQueriesData<ChatPages>(LISTS)
        .some(([, data]) => data !== undefined && data.pages.length > REFETCHED_PAGES),
    [queryClient],
  );

  /** Fetches the lists again from the start, after a change of chats that can be anywhere in them. */
  const restart = useCallback(() => {
    queryClient.setQueriesData<ChatPages>(
      LISTS,
      (data) =>
        data && {
          pages: data.pages.slice(0, REFETCHED_PAGES),
          pageParams: data.pageParams.slice(0, REFETCHED_PAGES),
        },
    );
    return utils.chat.list.invalidate();
  }, [queryClient, utils]);

  return useMemo(() => ({ put, change, all, areLong, restart }), [put, change, all, areLong, restart]);
}
