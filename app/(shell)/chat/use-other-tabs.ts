'use client';

import { useEffect, useEffectEvent } from 'react';
import { errorDataOf } from '#src/client/errors.ts';
import { trpc } from '#src/client/trpc.ts';
import { PRODUCT } from '#contract/product';
import { useChatLists } from './use-chat-lists.ts';

/** The channel of this tab. There is only one, because a message also reaches other channels on the same page. */
let tabChannel: BroadcastChannel | undefined;
/** The message about projects. A message about a chat is its id, which is never empty. */
const PROJECTS = '';
const channelOfTab = () => (tabChannel ??= new BroadcastChannel(`${PRODUCT.slug}-chats`));

/** Notifies the other tabs of this browser of a change in a chat. */
export function notifyOtherTabs(chatId: string): void {
  channelOfTab().postMessage(chatId);
}

/** Notifies the other tabs of this browser of a change of projects. */
export function notifyOtherTabsOfProjects(): void {
  channelOfTab().postMessage(PROJECTS);
}

/** Refetches data that another tab of this browser has changed. */
export function useOtherTabs(): void {
  const utils = trpc.useUtils();
  const lists = useChatLists();

  /** Changes a chat that can be in a part of a list that is not fetched again. */
  async function update(id: string) {
    try {
      await lists.put(await utils.client.chat.get.query({ id }));
    } catch (error) {
      if (errorDataOf(error)?.code !== 'NOT_FOUND') return;
      await lists.change((chat) => (chat.id === id ? null : chat));
    }
    await utils.chat.list.invalidate();
  }

  const onMessage = useEffectEvent(({ data }: MessageEvent<unknown>) => {
    if (typeof data !== 'string') return;
    if (data === PROJECTS) {
      void lists.restart();
      void utils.chat.projects.invalidate();
      return;
    }
    void (lists.areLong() ? update(data) : utils.chat.list.invalidate());
    void utils.chat.get.invalidate({ id: data });
    void utils.chat.messages.invalidate({ chatId: data });
  });
  useEffect(() => {
    const channel = channelOfTab();
    const listener = (event: MessageEvent<unknown>) => onMessage(event);
    channel.addEventListener('message', listener);
    return () => channel.removeEventListener('message', listener);
  }, []);
}
