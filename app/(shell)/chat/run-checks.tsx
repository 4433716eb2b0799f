'use client';

import { useEffect } from 'react';
import { trpc } from '#src/client/trpc.ts';
import type { Chat } from './chat-pages.ts';
import { useChatLists } from './use-chat-lists.ts';

/** The interval of checks whether an answer in another chat has ended, in milliseconds. */
const RUN_CHECK_MS = 3_000;

function RunCheck({ id }: { id: string }) {
  const utils = trpc.useUtils();
  const { put } = useChatLists();
  const { data } = trpc.chat.get.useQuery({ id }, { refetchInterval: RUN_CHECK_MS });
  useEffect(() => {
    if (data?.activeRunId !== null) return;
    void put(data);
    void utils.chat.list.invalidate();
  }, [data, put, utils]);
  return null;
}

interface RunChecksProps {
  chats: readonly Chat[];
  openId: string | undefined;
}

/** Loads the lists again when the answer in one of the chats ends that is not open. */
export function RunChecks({ chats, openId }: RunChecksProps) {
  return chats
    .filter(({ id, activeRunId }) => activeRunId !== null && id !== openId)
    .map(({ id }) => <RunCheck key={id} id={id} />);
}
