import { z } from 'zod';
import { Id } from '#contract/common';

export const ChatFile = z
  .object({
    id: Id,
    filename: z.string().meta({
      description: 'The name of the uploaded file, without folders, and with an extension of its type.',
      examples: ['invoice.pdf'],
    }),
    mediaType: z.string().meta({
      description:
        'The type of the content: image/png, image/jpeg, image/gif, image/webp, application/pdf, or text/plain for any text in UTF-8.',
      examples: ['application/pdf'],
    }),
    size: z.int().meta({ description: 'The bytes of the stored file.', examples: [48_213] }),
    url: z.string().meta({
      description: 'The path of the content, for callers who may read the file.',
      examples: ['/api/files/019ab1c2-7d3e-7f00-8000-5f0c6a1d2e3f'],
    }),
    createdAt: z.date(),
  })
  .meta({ id: 'ChatFile', description: 'A file that can be attached to messages.' });
export type ChatFile = z.output<typeof ChatFile>;

/** Clients of RPC send a form, because their JSON has no files. */
const fieldsOf = (value: { file: File } | FormData): unknown =>
  value instanceof FormData ? Object.fromEntries(value) : value;

export const FileCreate = z.preprocess(
  fieldsOf,
  z.strictObject({ file: z.file().meta({ description: 'The file. Its content decides about its type.' }) }),
);

export const ByFileId = z.strictObject({ fileId: Id });
