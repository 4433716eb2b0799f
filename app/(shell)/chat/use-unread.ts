'use client';

import { useLocalStorage } from '@mantine/hooks';
import { useEffect, useEffectEvent } from 'react';
import { PRODUCT } from '#contract/product';
import type { Chat } from './chat-pages.ts';

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

function isSame(a: Marks, b: Marks): boolean {
  const ids = Object.keys(a);
  return ids.length === Object.keys(b).length && ids.every((id) => a[id] === b[id]);
}

/**
 * Remembers in this browser in which chats an answer ended while they were not open.
 * @returns true for a chat with such an answer.
 */
export function useUnread(chats: readonly Chat[], openId: string | undefined): (id: string) => boolean {
  const [marks, setMarks] = useLocalStorage<Marks>({ key: `${PRODUCT.slug}-unread`, defaultValue: NONE });
  const update = useEffectEvent(() => {
    if (isSame(nextMarks(marks, chats, openId), marks)) return;
    setMarks((before) => nextMarks(before, chats, openId));
  });
  useEffect(() => update(), [chats, openId]);
  return (id) => marks[id] === 'unread';
}
