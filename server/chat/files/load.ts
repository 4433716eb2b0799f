import type { FileUIPart, UIMessage } from 'ai';
import { and, eq, inArray } from 'drizzle-orm';
import type { Db } from '#server/db/database';
import { files } from '#server/db/schema/index';
import type { Env } from '#server/env';
import { fileReader } from '#server/models/files';
import { MAX_TEXT } from './limits.ts';
import { fileIdOf } from './part.ts';
import { type ContentKind, readContent } from './store.ts';

/** The bytes of files that are sent to a model in one request, the newest first. Providers accept about 30 MB. */
const MAX_SENT_BYTES = 16 * 1024 * 1024;

const DELETED = '[The file was deleted.]';

type Part = UIMessage['parts'][number];

/** Replaces the files of a conversation by what its model can read. */
export type LoadFiles = (
  owner: { userId: string; model: string },
  messages: readonly UIMessage[],
) => Promise<UIMessage[]>;

/** Returns a text part about a file, with its text. The text cannot pretend to end the file. */
function described({ filename = 'file', mediaType }: FileUIPart, content: string): Part {
  const attributes = `name=${JSON.stringify(filename)} type="${mediaType}"`;
  return {
    type: 'text',
    text: `<file ${attributes}>\n${content.replace(/<(?=\/?file)/gi, '&lt;')}\n</file>`,
  };
}

const shortened = (text: string) =>
  text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}\n[The rest of the file is left out.]`;

/**
 * Creates a function that reads files for models: images and PDF for models that take them, and text, also that of a PDF,
 * for all. Other files become a note. The offline guide only gets their names.
 */
export function fileLoader({ db, env }: { db: Db; env: Env }): LoadFiles {
  async function read(fileId: string, kind: ContentKind): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    for await (const piece of readContent({ db, env }, fileId, kind)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  async function load(part: FileUIPart, fileId: string, reads: boolean): Promise<Part> {
    const { mediaType, filename } = part;
    if (reads || mediaType === 'text/plain') {
      const content = await read(fileId, 'original');
      // A provider would reject an empty file each time.
      if (content.length === 0) return described(part, DELETED);
      if (!reads) return described(part, shortened(content.toString()));
      const url = `data:${mediaType};base64,${content.toString('base64')}`;
      return { type: 'file', mediaType, ...(filename !== undefined && { filename }), url };
    }
    const text = mediaType === 'application/pdf' ? (await read(fileId, 'text')).toString() : '';
    const note =
      mediaType === 'application/pdf' ? 'has no text that can be read' : 'is not readable for this model';
    return described(part, text.trim() === '' ? `[The file ${note}. Tell the user.]` : shortened(text));
  }

  return async ({ userId, model }, messages) => {
    const ids = messages.flatMap(({ parts }) =>
      parts.flatMap((part) => (part.type === 'file' ? (fileIdOf(part.url) ?? []) : [])),
    );
    if (ids.length === 0) return [...messages];
    const rows = await db
      .select({ id: files.id, size: files.size })
      .from(files)
      .where(and(inArray(files.id, ids), eq(files.userId, userId)));
    const sizes = new Map(rows.map(({ id, size }) => [id, size]));
    const readsType = fileReader(env, model);
    let left = MAX_SENT_BYTES;

    async function replace(part: Part): Promise<Part> {
      const fileId = part.type === 'file' ? fileIdOf(part.url) : null;
      if (part.type !== 'file' || fileId === null) return part;
      if (model === 'guide') return { ...part, url: `data:${part.mediaType};base64,` };
      const size = sizes.get(fileId);
      if (size === undefined) return described(part, DELETED);
      const reads = readsType(part.mediaType);
      if (reads) left -= size;
      return left < 0
        ? described(part, '[The file is left out, because newer files are large.]')
        : load(part, fileId, reads);
    }

    const loaded: UIMessage[] = [];
    for (const message of messages.toReversed()) {
      const parts: Part[] = [];
      for (const part of message.parts) parts.push(await replace(part));
      loaded.unshift({ ...message, parts });
    }
    return loaded;
  };
}
