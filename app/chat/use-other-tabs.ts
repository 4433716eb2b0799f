'use client';

import { useEffect } from 'react';
import { trpc } from '#src/client/trpc.ts';

/** One for the tab: what is posted on a channel is heard on all others, also on those of the same page. */
let tabChannel: BroadcastChannel | undefined;
const channelOfTab = () => (tabChannel ??= new BroadcastChannel('switchboard-chats'));

/** Tells the other tabs of this browser that something happened in a chat. */
export function tellOtherTabs(chatId: string): void {
  channelOfTab().postMessage(chatId);
}

/** Looks anew at what another tab of this browser has changed. */
export function useOtherTabs(): void {
  const utils = trpc.useUtils();
  useEffect(() => {
    const channel = channelOfTab();
    const hear = ({ data }: MessageEvent<unknown>) => {
      if (typeof data !== 'string') return;
      void utils.chat.list.invalidate();
      void utils.chat.get.invalidate({ id: data });
      void utils.chat.messages.invalidate({ chatId: data });
    };
    channel.addEventListener('message', hear);
    return () => channel.removeEventListener('message', hear);
  }, [utils]);
}
