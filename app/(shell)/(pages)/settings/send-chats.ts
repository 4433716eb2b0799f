import { errorDataOf } from '#src/client/errors.ts';
import { readChatFile } from './import-parts.ts';

/** How much of a file has been sent. */
export interface Sending {
  /** The number of chats of the file. */
  total: number;
  /** True while parts are being sent. */
  isActive: boolean;
  /** The titles of chats that are too large to be sent. */
  tooLarge: string[];
}

interface SendOptions {
  /** Sends a part. @param importId the import to add it to; `null` to begin one. @returns the id of the import. */
  sendPart: (importId: string | null, content: string) => Promise<string>;
  /** Called at the beginning and at the end, also if it ends with an error. */
  onProgress: (sending: Sending) => void;
  /** Called after each part. */
  onPart: () => Promise<void>;
}

/** Sends a part, and waits while the server has enough to do. */
async function sendPatiently(send: () => Promise<string>): Promise<string> {
  for (;;) {
    try {
      return await send();
    } catch (failure) {
      const data = errorDataOf(failure);
      const seconds = data?.code === 'TOO_MANY_REQUESTS' ? data.retryAfter : undefined;
      if (seconds === undefined) throw failure;
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  }
}

/**
 * Sends the chats of a file to the server in parts, one after the other.
 * @returns false if the file has no chats.
 * @throws the error of a part that the server does not take.
 */
export async function sendChats(file: File, { sendPart, onProgress, onPart }: SendOptions): Promise<boolean> {
  const read = readChatFile(await file.text());
  if (!read) return false;
  const { total, parts } = read;
  const tooLarge: string[] = [];
  onProgress({ total, isActive: true, tooLarge });
  let importId: string | null = null;
  try {
    for (const part of parts()) {
      if ('tooLarge' in part) tooLarge.push(part.tooLarge);
      else {
        const { content } = part;
        const before: string | null = importId;
        importId = await sendPatiently(() => sendPart(before, content));
        await onPart();
      }
    }
  } finally {
    onProgress({ total, isActive: false, tooLarge });
  }
  return true;
}
