'use client';

import { useEffect } from 'react';
import { trpc } from '#src/client/trpc.ts';
import { PRODUCT } from '#contract/product';

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
  useEffect(() => {
    const channel = channelOfTab();
    const onMessage = ({ data }: MessageEvent<unknown>) => {
      if (typeof data !== 'string') return;
      void utils.chat.list.invalidate();
      if (data === PROJECTS) {
        void utils.chat.projects.invalidate();
        return;
      }
      void utils.chat.get.invalidate({ id: data });
      void utils.chat.messages.invalidate({ chatId: data });
    };
    channel.addEventListener('message', onMessage);
    return () => channel.removeEventListener('message', onMessage);
  }, [utils]);
}
