import { z } from 'zod';
import { fileIdOf } from '#server/chat/files/part';

/** A file part of `useChat`: a data URL, or the URL of a file that was uploaded. */
export const FilePart = z.object({
  type: z.literal('file'),
  url: z.string(),
  filename: z.string().max(1000).optional(),
});

/** A file of a question: one to store first, or the id of a stored one. */
export type Attachment = { pointer: string } & ({ file: File } | { id: string });

const DATA_URL = /^data:[^,]*;base64,([A-Za-z0-9+/]*={0,2})$/;

/** Returns the path of a URL, also of another origin, because a proxy may have changed it. */
const pathOf = (url: string): string => (url.startsWith('/') ? url : (URL.parse(url)?.pathname ?? ''));

/**
 * Reads a file part.
 * @param pointer the JSON pointer to its URL.
 * @returns `null` for a URL of another kind. The server loads nothing from URLs.
 */
export function attachmentOf(
  { url, filename = 'file' }: z.output<typeof FilePart>,
  pointer: string,
): Attachment | null {
  if (url.startsWith('data:')) {
    const [, base64] = DATA_URL.exec(url) ?? [];
    return base64 === undefined
      ? null
      : { pointer, file: new File([Buffer.from(base64, 'base64')], filename) };
  }
  const id = fileIdOf(pathOf(url));
  return id === null ? null : { pointer, id };
}
