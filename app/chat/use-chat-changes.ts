'use client';

import { type InfiniteData, useQueryClient } from '@tanstack/react-query';
import { getQueryKey } from '@trpc/react-query';
import { type Outputs, trpc } from '#src/client/trpc.ts';
import { tellOtherTabs } from './use-other-tabs.ts';

type Page = Outputs['chat']['list'];
type Chat = Page['items'][number];

const LISTS = { queryKey: getQueryKey(trpc.chat.list) };

/** Renaming, pinning, archiving and deleting; the lists show it at once, and as before when the server refuses. */
export function useChatChanges() {
  const queryClient = useQueryClient();
  const utils = trpc.useUtils();

  /** Changes every list that is shown. @returns how to undo it. */
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
      tellOtherTabs(id);
      return utils.chat.list.invalidate();
    },
  });

  const remove = trpc.chat.delete.useMutation({
    onMutate: ({ id }) => changeLists((chat) => (chat.id === id ? null : chat)),
    onError: (_error, _input, undo) => undo?.(),
    onSettled: (_nothing, _error, { id }) => {
      tellOtherTabs(id);
      return utils.chat.list.invalidate();
    },
  });

  return { update, remove };
}
