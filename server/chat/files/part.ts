import type { FileUIPart, UIMessage } from 'ai';
import { z } from 'zod';
import { FILE_PATH, SHARED_FILES_PATH } from '#contract/file-limits';
import type { files } from '#server/db/schema/index';

/** What a part says about its file, so that a conversation can be measured without reading files. */
const Measures = z.object({
  file: z.object({
    size: z.number(),
    /** The tokens in the input of a model that reads such files. */
    tokens: z.number(),
    /** The tokens in the input of any other model. */
    textTokens: z.number(),
  }),
});

/** The row of a file. */
export type StoredFile = Pick<
  typeof files.$inferSelect,
  'id' | 'filename' | 'mediaType' | 'size' | 'tokens' | 'textTokens'
>;

/** Returns the part of a message that refers to a file. */
export function filePart({ id, filename, mediaType, ...file }: StoredFile): FileUIPart {
  const { size, tokens, textTokens } = file;
  return {
    type: 'file',
    mediaType,
    filename,
    url: `${FILE_PATH}${id}`,
    providerMetadata: { file: { size, tokens, textTokens } satisfies z.output<typeof Measures>['file'] },
  };
}

const ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Returns the id of the file that a path leads to; `null` for any other path or URL. */
export function fileIdOf(path: string): string | null {
  const id = path.startsWith(FILE_PATH) ? path.slice(FILE_PATH.length) : '';
  return ID.test(id) ? id : null;
}

const SHARED = /^([A-Za-z0-9_-]{32})\/files\/([A-Za-z0-9_-]{1,64})$/;

/** Returns the path of a file for the readers of a shared chat. */
export const sharedFilePath = (token: string, fileId: string): string =>
  `${SHARED_FILES_PATH}${token}/files/${fileId}`;

/** Returns the share and the file that such a path leads to; `null` for any other path. */
export function sharedFileOf(path: string): { token: string; fileId: string } | null {
  const found = path.startsWith(SHARED_FILES_PATH) ? SHARED.exec(path.slice(SHARED_FILES_PATH.length)) : null;
  const [, token, fileId] = found ?? [];
  return token === undefined || fileId === undefined ? null : { token, fileId };
}

/** Returns the bytes of the file of a part; `null` for the file of a model, which is not stored. */
export const fileSize = ({ providerMetadata }: Pick<FileUIPart, 'providerMetadata'>): number | null =>
  Measures.safeParse(providerMetadata).data?.file.size ?? null;

/** The factor between an estimate of tokens and the bytes of text that it stands for. */
const MARGIN = 3;

/** Returns a number of tokens that the files of a message hardly exceed with any model. */
export const mostFileTokens = (parts: UIMessage['parts']): number =>
  parts.reduce(
    (sum, part) =>
      sum +
      MARGIN *
        Math.max(
          fileTokens(part, () => true),
          fileTokens(part, () => false),
        ),
    0,
  );

/** Returns the estimated tokens of a part that refers to a file; 0 for other parts. */
export function fileTokens(part: UIMessage['parts'][number], reads: (mediaType: string) => boolean): number {
  if (part.type !== 'file') return 0;
  const { success, data } = Measures.safeParse(part.providerMetadata);
  if (!success) return 0;
  return reads(part.mediaType) ? data.file.tokens : data.file.textTokens;
}
