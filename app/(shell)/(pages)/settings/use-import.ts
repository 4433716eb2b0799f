'use client';

import { useState } from 'react';
import { trpc } from '#src/client/trpc.ts';
import type { Sending } from './send-chats.ts';

/** Thrown for a file without chats. */
export class NoChats extends Error {
  override name = 'NoChats';
}

/** Sends a file of chats to the server. The code for it is loaded with the first file. */
export function useImport() {
  const utils = trpc.useUtils();
  const [sending, setSending] = useState<Sending | null>(null);
  const [error, setError] = useState<unknown>(null);
  const create = trpc.chat.imports.create.useMutation();
  const add = trpc.chat.imports.add.useMutation();

  async function sendPart(importId: string | null, content: string): Promise<string> {
    const sent = importId === null ? create.mutateAsync({ content }) : add.mutateAsync({ importId, content });
    return (await sent).id;
  }

  async function send(file: File): Promise<void> {
    setError(null);
    setSending(null);
    try {
      const { sendChats } = await import('./send-chats.ts');
      const onPart = () => utils.chat.imports.list.invalidate();
      const hasChats = await sendChats(file, { sendPart, onProgress: setSending, onPart });
      if (!hasChats) throw new NoChats();
    } catch (failure) {
      setError(failure);
    }
  }

  return { sending, error, send };
}
