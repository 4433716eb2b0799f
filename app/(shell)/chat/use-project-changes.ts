'use client';

import { errorMessage } from '#src/client/errors.ts';
import { trpc } from '#src/client/trpc.ts';
import { useToast } from '#src/components/toasts.tsx';
import { chatTitle } from './chat-title.ts';
import { notifyOtherTabs, notifyOtherTabsOfProjects } from './use-other-tabs.ts';
import { useShownProjects } from './shown-projects.ts';
import type { Chat } from './use-chat-changes.ts';
import { useProjects } from './use-projects.ts';

/** Creates, changes and deletes projects, and moves chats between them. Other tabs follow. */
export function useProjectChanges() {
  const utils = trpc.useUtils();
  const toast = useToast();
  const projects = useProjects();
  const { show } = useShownProjects();
  const onSettled = () => {
    notifyOtherTabsOfProjects();
    return Promise.all([utils.chat.projects.invalidate(), utils.chat.list.invalidate()]);
  };
  const create = trpc.chat.projects.create.useMutation({ onSettled });
  const update = trpc.chat.projects.update.useMutation({ onSettled });
  const remove = trpc.chat.projects.delete.useMutation({ onSettled });
  const moving = trpc.chat.move.useMutation({
    onSuccess: (chat) => utils.chat.get.setData({ id: chat.id }, chat),
    onSettled: (_chat, _error, { chatId }) => {
      notifyOtherTabs(chatId);
      return utils.chat.list.invalidate();
    },
  });

  /** Moves a chat to a project, or out of its project. It says so, and offers to undo it. */
  function move(chat: Chat, projectId: string | null): void {
    const title = `“${chatTitle(chat)}”`;
    const name = projects.find(({ id }) => id === projectId)?.name;
    moving.mutate(
      { chatId: chat.id, projectId },
      {
        onSuccess(moved) {
          if (projectId !== null) show(projectId);
          const place =
            projectId === null ? 'in no project' : name === undefined ? 'in the project' : `in “${name}”`;
          toast({
            text: `${title} is now ${place}.`,
            action: { label: 'Undo', run: () => move(moved, chat.projectId) },
          });
        },
        onError: (error) =>
          toast({
            text: `Could not move ${title}. ${errorMessage(error)}`,
            isError: true,
            action: { label: 'Try again', run: () => move(chat, projectId) },
          }),
      },
    );
  }

  return { create, update, remove, move };
}
