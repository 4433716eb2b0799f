'use client';

import { useState } from 'react';
import { errorDataOf } from '#src/client/errors.ts';
import { trpc } from '#src/client/trpc.ts';

/** Thrown for a file without chats. */
export class NoChats extends Error {
  override name = 'NoChats';
}

/** The state of sending a file. */
interface Sending {
  /** The number of chats of the file. */
  total: number;
  /** True while parts are being sent. */
  isActive: boolean;
  /** The titles of chats that are too large to be sent. */
  tooLarge: string[];
}

/** Sends a file of chats to the server in parts, one after the other. */
export function useImport() {
  const utils = trpc.useUtils();
  const [sending, setSending] = useState<Sending | null>(null);
  const [error, setError] = useState<unknown>(null);
  const create = trpc.chat.imports.create.useMutation();
  const add = trpc.chat.imports.add.useMutation();

  /** Sends a part, and waits while the server has enough to do. @returns the id of the import. */
  async function sendPart(importId: string | null, content: string): Promise<string> {
    for (;;) {
      try {
        const { id } = await (importId === null
          ? create.mutateAsync({ content })
          : add.mutateAsync({ importId, content }));
        return id;
      } catch (failure) {
        const data = errorDataOf(failure);
        const seconds = data?.code === 'TOO_MANY_REQUESTS' ? data.retryAfter : undefined;
        if (seconds === undefined) throw failure;
        await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      }
    }
  }

  async function send(file: File): Promise<void> {
    setError(null);
    setSending(null);
    const tooLarge: string[] = [];
    let total: number | null = null;
    try {
      const { readChatFile } = await import('./import-parts.ts');
      const read = readChatFile(await file.text());
      if (!read) throw new NoChats();
      total = read.total;
      setSending({ total: read.total, isActive: true, tooLarge });
      let importId: string | null = null;
      for (const part of read.parts()) {
        if ('tooLarge' in part) tooLarge.push(part.tooLarge);
        else {
          importId = await sendPart(importId, part.content);
          await utils.chat.imports.list.invalidate();
        }
      }
    } catch (failure) {
      setError(failure);
    }
    if (total !== null) setSending({ total, isActive: false, tooLarge });
  }

  return { sending, error, send };
}
