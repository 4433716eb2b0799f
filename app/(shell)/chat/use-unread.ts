'use client';

import { useLocalStorage } from '@mantine/hooks';
import { useEffect } from 'react';
import { PRODUCT } from '#contract/product';
import type { Chat } from './use-chat-changes.ts';

/** The chats with an answer that the user has not seen: one in progress, or one that has ended. */
type Marks = Record<string, 'running' | 'unread'>;

const NONE: Marks = {};
/** The maximum number of chats that are remembered. */
const MAX_MARKS = 100;

/** Returns the marks after the list was loaded, or another chat was opened. */
function nextMarks(before: Marks, chats: readonly Chat[], openId: string | undefined): Marks {
  const marks = new Map(Object.entries(before));
  for (const { id, activeRunId } of chats) {
    if (activeRunId !== null) marks.set(id, 'running');
    else if (marks.has(id)) marks.set(id, 'unread');
  }
  if (openId !== undefined) marks.delete(openId);
  return Object.fromEntries([...marks].slice(-MAX_MARKS));
}

/**
 * Remembers in this browser in which chats an answer ended while they were not open.
 * @returns true for a chat with such an answer.
 */
export function useUnread(chats: readonly Chat[], openId: string | undefined): (id: string) => boolean {
  const [marks, setMarks] = useLocalStorage<Marks>({ key: `${PRODUCT.slug}-unread`, defaultValue: NONE });
  useEffect(() => {
    setMarks((before) => nextMarks(before, chats, openId));
  }, [chats, openId, setMarks]);
  return (id) => marks[id] === 'unread';
}
