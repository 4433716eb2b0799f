'use client';

import { useTranslations } from '#texts';
import { trpc } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { useToast } from '#src/components/toasts.tsx';
import { useChatTitle } from './chat-title.ts';
import { notifyOtherTabs, notifyOtherTabsOfProjects } from './use-other-tabs.ts';
import { useShownProjects } from './shown-projects.ts';
import type { Chat } from './chat-pages.ts';
import { useChatLists } from './use-chat-lists.ts';
import { useProjects } from './use-projects.ts';

/** Creates, changes and deletes projects, and moves chats between them. Other tabs follow. */
export function useProjectChanges() {
  const t = useTranslations('shell.changes');
  const tCommon = useTranslations('common');
  const { messageOf } = useErrorMessages();
  const chatTitle = useChatTitle();
  const utils = trpc.useUtils();
  const toast = useToast();
  const projects = useProjects();
  const { show } = useShownProjects();
  const lists = useChatLists();
  const onSettled = () => {
    notifyOtherTabsOfProjects();
    // The chats of a deleted project are in other lists, at the times of their activity.
    return Promise.all([utils.chat.projects.invalidate(), lists.restart()]);
  };
  const create = trpc.chat.projects.create.useMutation({ onSettled });
  const update = trpc.chat.projects.update.useMutation({ onSettled });
  const remove = trpc.chat.projects.delete.useMutation({ onSettled });
  const moving = trpc.chat.move.useMutation({
    onSuccess: (chat) => {
      utils.chat.get.setData({ id: chat.id }, chat);
      void lists.put(chat);
    },
    onSettled: (_chat, _error, { chatId }) => {
      notifyOtherTabs(chatId);
      return utils.chat.list.invalidate();
    },
  });

  /** Moves a chat to a project, or out of its project. It says so, and offers to undo it. */
  async function move(chat: Chat, projectId: string | null): Promise<void> {
    const title = chatTitle(chat);
    const name = projects.find(({ id }) => id === projectId)?.name;
    try {
      // Callbacks of `mutate` would not be called after the dialog of the move has been removed.
      const moved = await moving.mutateAsync({ chatId: chat.id, projectId });
      if (projectId !== null) show(projectId);
      const place = projectId === null ? 'none' : name === undefined ? 'unnamed' : 'named';
      toast({
        text: t('moved', { title, place, project: name ?? '' }),
        action: { label: t('undo'), run: () => void move(moved, chat.projectId) },
      });
    } catch (error) {
      toast({
        text: t('notMoved', { title, reason: messageOf(error) }),
        isError: true,
        action: { label: tCommon('tryAgain'), run: () => void move(chat, projectId) },
      });
    }
  }

  return {
    create,
    update,
    remove,
    move: (chat: Chat, projectId: string | null) => void move(chat, projectId),
  };
}
