import { z } from 'zod';
import { Id, paging } from '#contract/common';

/** A row as stored. It has more fields than the API returns elsewhere. */
export const Stored = z.looseObject({ id: Id });

/** The fields are those of the export of an account. */
export const ChatExport = z
  .object({
    exportedAt: z.date(),
    projects: z.array(Stored).meta({ description: 'The project of the chat, if it is in one.' }),
    chats: z.array(Stored).meta({ description: 'The stored rows, oldest first.' }),
    messages: z.array(Stored).meta({ description: 'The stored rows by chat, oldest first.' }),
  })
  .meta({
    id: 'ChatExport',
    description: 'A chat with all its messages, also those of branches that it does not show.',
  });

export const ChatMarkdownGet = z.strictObject({ chatId: Id, ...paging });
export const ChatMarkdown = z
  .object({
    markdown: z.string().meta({
      description: 'The next part of the document. All parts together, without separators, are the document.',
      examples: ['# Islands\n\n## User\n\nWhere are the Lofoten?\n'],
    }),
    nextCursor: z
      .string()
      .nullable()
      .meta({ description: 'The `cursor` of the next part; null for the last one.', examples: [null] }),
  })
  .meta({ id: 'ChatMarkdown', description: 'A part of a chat as Markdown, oldest message first.' });
export type ChatMarkdown = z.output<typeof ChatMarkdown>;
