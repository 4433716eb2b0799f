'use client';

import { useEffect } from 'react';
import { trpc } from '#src/client/trpc.ts';
import type { Chat } from './use-chat-changes.ts';

/** The interval of checks whether an answer in another chat has ended, in milliseconds. */
const RUN_CHECK_MS = 3_000;

function RunCheck({ id }: { id: string }) {
  const utils = trpc.useUtils();
  const { data } = trpc.chat.get.useQuery({ id }, { refetchInterval: RUN_CHECK_MS });
  useEffect(() => {
    if (data?.activeRunId === null) void utils.chat.list.invalidate();
  }, [data, utils]);
  return null;
}

interface RunChecksProps {
  chats: readonly Chat[];
  openId: string | undefined;
}

/** Loads the lists again when the answer in one of the chats ends that is not open. */
export function RunChecks({ chats, openId }: RunChecksProps) {
  return chats.map(
    ({ id, activeRunId }) => activeRunId !== null && id !== openId && <RunCheck key={id} id={id} />,
  );
}
