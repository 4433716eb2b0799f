'use client';

import { useTranslations } from '#texts';
import { type Inputs, trpc } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { useToast } from '#src/components/toasts.tsx';
import { useChatTitle } from './chat-title.ts';
import { useChatLists } from './use-chat-lists.ts';
import { notifyOtherTabs } from './use-other-tabs.ts';

type Update = Inputs['chat']['update'];

/** Returns which change the list makes, or `null` for a change that is made, and reported, elsewhere. */
function kindOf({ title, pinned, archived }: Update) {
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
  const t = useTranslations('shell.changes');
  const tCommon = useTranslations('common');
  const { messageOf } = useErrorMessages();
  const chatTitle = useChatTitle();
  const utils = trpc.useUtils();
  const toast = useToast();
  const lists = useChatLists();

  /** Makes a change, also one that was made before. */
  function change(input: Update): void {
    update.mutate(input);
  }

  const update = trpc.chat.update.useMutation({
    onMutate: ({ id, title, pinned, archived }) =>
      lists.change((chat) => {
        if (chat.id !== id) return chat;
        if (archived !== undefined && archived !== chat.archived) return null;
        return { ...chat, ...(title !== undefined && { title }), ...(pinned !== undefined && { pinned }) };
      }),
    onSuccess: (chat, { id, archived }) => {
      utils.chat.get.setData({ id }, chat);
      void lists.put(chat);
      if (archived !== true) return;
      toast({
        text: t('archived', { title: chatTitle(chat) }),
        action: { label: t('undo'), run: () => change({ id, archived: false }) },
      });
    },
    onError: (error, input, undo) => {
      undo?.();
      const kind = kindOf(input);
      if (kind === null) return;
      const title = chatTitle(lists.all().find((chat) => chat.id === input.id));
      toast({
        text: t(`not.${kind}`, { title, reason: messageOf(error) }),
        isError: true,
        action: { label: tCommon('tryAgain'), run: () => change(input) },
      });
    },
    onSettled: (_chat, _error, { id }) => {
      notifyOtherTabs(id);
      return utils.chat.list.invalidate();
    },
  });

  const remove = trpc.chat.delete.useMutation({
    onSuccess: async (_nothing, { id }) => {
      await lists.change((chat) => (chat.id === id ? null : chat));
      notifyOtherTabs(id);
      // The page of the chat, which the Back button may show again, must not use the cached data.
      await utils.chat.get.invalidate({ id }, { refetchType: 'none' });
    },
    onSettled: () => utils.chat.list.invalidate(),
  });

  const removeMany = trpc.chat.deleteMany.useMutation({
    onSuccess: async (_deleted, { ids }) => {
      await lists.change((chat) => (ids.includes(chat.id) ? null : chat));
      for (const id of ids) {
        notifyOtherTabs(id);
        void utils.chat.get.invalidate({ id }, { refetchType: 'none' });
      }
    },
    onSettled: () => utils.chat.list.invalidate(),
  });

  return { update, remove, removeMany };
}
