import { z } from 'zod';
import { Id, page, paging } from '#contract/common';

/** The maximum number of chats in one part of a file. */
export const MAX_PART_CHATS = 1000;

const Content = z.string().meta({
  contentMediaType: 'application/json',
  description:
    'JSON: the export of a chat or of an account, or the conversations.json of ChatGPT. A request may have 1 MiB, so send a larger file in parts: each part has the form of the file and some of its chats, with all their messages.',
  examples: ['{"chats":[],"messages":[]}'],
});

const count = (description: string, example: number) =>
  z.int().meta({ description: `The number of chats ${description}.`, examples: [example] });

export const Import = z
  .object({
    id: Id,
    pending: count('that are not imported yet. The import is complete when it is 0', 0),
    imported: count('that were imported', 12),
    skipped: count('that the account already had', 0),
    failed: count('that could not be imported', 0),
    createdAt: z.date(),
  })
  .meta({ id: 'Import', description: 'An import of chats, which the server carries out in the background.' });
export type Import = z.output<typeof Import>;

export const ImportCreate = z.strictObject({ content: Content });
export const ImportAdd = z.strictObject({
  importId: Id.meta({ description: 'The import to which the chats belong.' }),
  content: Content,
});
export const ImportList = z.strictObject(paging);
export const ImportPage = page(Import).meta({
  id: 'ImportPage',
  description: 'A page of imports, newest first.',
});

const ImportFailure = z
  .object({
    position: z.int().meta({
      description: 'The place of the chat in the import, from 0, over all its parts.',
      examples: [3],
    }),
    title: z.string().meta({ description: 'The title of the chat, if it has one.', examples: ['Islands'] }),
    reason: z.string().meta({ examples: ['Its messages form a circle.'] }),
  })
  .meta({ id: 'ImportFailure', description: 'A chat that could not be imported.' });

export const ImportFailures = z.strictObject({ importId: Id, ...paging });
export const ImportFailurePage = page(ImportFailure).meta({
  id: 'ImportFailurePage',
  description: 'A page of chats that could not be imported, in the order of the file.',
});
