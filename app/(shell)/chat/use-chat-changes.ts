'use client';

import { type InfiniteData, useQueryClient } from '@tanstack/react-query';
import { getQueryKey } from '@trpc/react-query';
import { errorMessage } from '#src/client/errors.ts';
import { type Inputs, type Outputs, trpc } from '#src/client/trpc.ts';
import { useToast } from '#src/components/toasts.tsx';
import { chatTitle } from './chat-title.ts';
import { notifyOtherTabs } from './use-other-tabs.ts';

type Page = Outputs['chat']['list'];
/** A chat in the list. */
export type Chat = Page['items'][number];
type Update = Inputs['chat']['update'];

const LISTS = { queryKey: getQueryKey(trpc.chat.list) };

/** Returns the verb for a change that the list makes, or `null` for a change that is made, and reported, elsewhere. */
function verbOf({ title, pinned, archived }: Update): string | null {
  if (title !== undefined) return 'rename';
  if (pinned !== undefined) return pinned ? 'pin' : 'unpin';
  if (archived !== undefined) return archived ? 'archive' : 'restore';
  return null;
}

/**
 * Renames, pins and archives chats with optimistic updates, which are undone, with a message, if the server rejects the
 * change. Deletes chats and removes them from the lists when the server has responded.
 */
export function useChatChanges() {
  const queryClient = useQueryClient();
  const utils = trpc.useUtils();
  const toast = useToast();

  /** Returns the title of a chat in the lists, in quotation marks. */
  function nameOf(id: string): string {
    const lists = queryClient.getQueriesData<InfiniteData<Page>>(LISTS);
    const chats = lists.flatMap(([, data]) => data?.pages.flatMap((page) => page.items) ?? []);
    return `“${chatTitle(chats.find((chat) => chat.id === id))}”`;
  }

  /** Changes every cached list. @returns a function that undoes the change. */
  async function changeLists(changed: (chat: Chat) => Chat | null) {
    await queryClient.cancelQueries(LISTS);
    const before = queryClient.getQueriesData<InfiniteData<Page>>(LISTS);
    queryClient.setQueriesData<InfiniteData<Page>>(LISTS, (data) => {
      if (!data) return data;
      const pages = data.pages.map((page) => ({
        ...page,
        items: page.items.flatMap((chat) => changed(chat) ?? []),
      }));
      return { ...data, pages };
    });
    return () => {
      for (const [key, data] of before) queryClient.setQueryData(key, data);
    };
  }

  /** Makes a change, also one that was made before. */
  function change(input: Update): void {
    update.mutate(input);
  }

  const update = trpc.chat.update.useMutation({
    onMutate: ({ id, title, pinned, archived }) =>
      changeLists((chat) => {
        if (chat.id !== id) return chat;
        if (archived !== undefined && archived !== chat.archived) return null;
        return { ...chat, ...(title !== undefined && { title }), ...(pinned !== undefined && { pinned }) };
      }),
    onSuccess: (chat, { id, archived }) => {
      utils.chat.get.setData({ id }, chat);
      if (archived !== true) return;
      toast({
        text: `“${chatTitle(chat)}” is archived.`,
        action: { label: 'Undo', run: () => change({ id, archived: false }) },
      });
    },
    onError: (error, input, undo) => {
      undo?.();
      const verb = verbOf(input);
      if (verb === null) return;
      toast({
        text: `Could not ${verb} ${nameOf(input.id)}. ${errorMessage(error)}`,
        isError: true,
        action: { label: 'Try again', run: () => change(input) },
      });
    },
    onSettled: (_chat, _error, { id }) => {
      notifyOtherTabs(id);
      return utils.chat.list.invalidate();
    },
  });

  const remove = trpc.chat.delete.useMutation({
    onSuccess: async (_nothing, { id }) => {
      await changeLists((chat) => (chat.id === id ? null : chat));
      notifyOtherTabs(id);
      // The page of the chat, which the Back button may show again, must not use the cached data.
      await utils.chat.get.invalidate({ id }, { refetchType: 'none' });
    },
    onSettled: () => utils.chat.list.invalidate(),
  });

  const removeMany = trpc.chat.deleteMany.useMutation({
    onSuccess: async (_deleted, { ids }) => {
      await changeLists((chat) => (ids.includes(chat.id) ? null : chat));
      for (const id of ids) {
        notifyOtherTabs(id);
        void utils.chat.get.invalidate({ id }, { refetchType: 'none' });
      }
    },
    onSettled: () => utils.chat.list.invalidate(),
  });

  return { update, remove, removeMany };
}
