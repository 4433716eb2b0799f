'use client';

import { type InfiniteData, useQueryClient } from '@tanstack/react-query';
import { getQueryKey } from '@trpc/react-query';
import { type Outputs, trpc } from '#src/client/trpc.ts';
import { notifyOtherTabs } from './use-other-tabs.ts';

type Page = Outputs['chat']['list'];
type Chat = Page['items'][number];

const LISTS = { queryKey: getQueryKey(trpc.chat.list) };

/**
 * Renames, pins and archives chats with optimistic updates, which are undone if the server rejects the change. Deletes
 * chats and removes them from the lists when the server has responded.
 */
export function useChatChanges() {
  const queryClient = useQueryClient();
  const utils = trpc.useUtils();

  /** Changes every cached list. @returns a function that undoes the change. */
  async function changeLists(change: (chat: Chat) => Chat | null) {
    await queryClient.cancelQueries(LISTS);
    const before = queryClient.getQueriesData<InfiniteData<Page>>(LISTS);
    queryClient.setQueriesData<InfiniteData<Page>>(LISTS, (data) => {
      if (!data) return data;
      const pages = data.pages.map((page) => ({
        ...page,
        items: page.items.flatMap((chat) => change(chat) ?? []),
      }));
      return { ...data, pages };
    });
    return () => {
      for (const [key, data] of before) queryClient.setQueryData(key, data);
    };
  }

  const update = trpc.chat.update.useMutation({
    onMutate: ({ id, title, pinned, archived }) =>
      changeLists((chat) => {
        if (chat.id !== id) return chat;
        if (archived !== undefined && archived !== chat.archived) return null;
        return { ...chat, ...(title !== undefined && { title }), ...(pinned !== undefined && { pinned }) };
      }),
    onSuccess: (chat) => utils.chat.get.setData({ id: chat.id }, chat),
    onError: (_error, _input, undo) => undo?.(),
    onSettled: (_chat, _error, { id }) => {
      notifyOtherTabs(id);
      return utils.chat.list.invalidate();
    },
  });

  const remove = trpc.chat.delete.useMutation({
    onSuccess: async (_nothing, { id }) => {
      await changeLists((chat) => (chat.id === id ? null : chat));
      notifyOtherTabs(id);
    },
    onSettled: () => utils.chat.list.invalidate(),
  });

  return { update, remove };
}
