'use client';

import { useEffect } from 'react';
import { trpc } from '#src/client/trpc.ts';

const CHANNEL = 'switchboard-chats';

/** Tells the other tabs of this browser that something happened in a chat. */
export function tellOtherTabs(chatId: string): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(chatId);
  channel.close();
}

/** Looks anew at what another tab of this browser has changed. */
export function useOtherTabs(): void {
  const utils = trpc.useUtils();
  useEffect(() => {
    const channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (typeof data !== 'string') return;
      void utils.chat.list.invalidate();
      void utils.chat.get.invalidate({ id: data });
      void utils.chat.messages.invalidate({ chatId: data });
    };
    return () => channel.close();
  }, [utils]);
}
