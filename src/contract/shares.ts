import { z } from 'zod';
import { Id, page, paging } from '#contract/common';

/** The secret part of a link to a shared chat. */
const ShareToken = z
  .string()
  .regex(/^[A-Za-z0-9_-]{32}$/, 'must be the 32 characters after /share/ in the link')
  .meta({
    description: 'The secret part of the link. Anyone who has it can read the shared chat.',
    examples: ['x3mQ0sN8vY1bJr5kT7wZc2LhG9fDaE4u'],
  });

const Title = z.string().meta({
  description: 'The title of the chat when it was shared.',
  examples: ['Adding a procedure'],
});
const SharedAt = z.date().meta({ description: 'When the shared messages were chosen.' });

export const Share = z
  .object({
    chatId: Id.meta({ description: 'The id of the chat.' }),
    token: ShareToken,
    path: z.string().meta({
      description: 'The path of the page for readers on this server.',
      examples: ['/share/x3mQ0sN8vY1bJr5kT7wZc2LhG9fDaE4u'],
    }),
    title: Title,
    messageCount: z.int().meta({ description: 'The number of shared messages.', examples: [2] }),
    includesFiles: z.boolean().meta({ description: 'True if the files of the messages are shared too.' }),
    fileCount: z.int().meta({ description: 'The number of shared files.', examples: [0] }),
    sharedAt: SharedAt,
  })
  .meta({ id: 'Share', description: 'A link that shows a chat to anyone, as it was when it was shared.' });
export type Share = z.output<typeof Share>;

export const ShareSet = z.strictObject({
  chatId: Id,
  includeFiles: z.boolean().default(false).meta({
    description:
      'True to share the files of the messages too. Otherwise, readers only see how many files a message has.',
  }),
});
export const ShareRevoke = z.strictObject({ chatId: Id });
export const ShareList = z.strictObject({
  ...paging,
  chatId: Id.optional().meta({ description: 'The chat whose link to list. Default: all chats.' }),
});
export const SharePage = page(Share).meta({
  id: 'SharePage',
  description: 'A page of links to shared chats, last shared first.',
});

const SharedFile = z
  .object({
    filename: z.string().meta({ examples: ['invoice.pdf'] }),
    mediaType: z.string().meta({ description: 'The type of the content.', examples: ['application/pdf'] }),
    url: z.string().meta({
      description: 'The path of the content. It needs no authentication, and is secret like the token in it.',
      examples: ['/api/shares/x3mQ0sN8vY1bJr5kT7wZc2LhG9fDaE4u/files/019ab1c2-7d3e-7f00-8000-5f0c6a1d2e3f'],
    }),
  })
  .meta({ id: 'SharedFile', description: 'A file of a message of a shared chat.' });
export type SharedFile = z.output<typeof SharedFile>;

const SharedMessage = z
  .object({
    role: z.enum(['user', 'assistant']),
    text: z.string().meta({ description: 'Markdown.', examples: ['Add it to the router.'] }),
    files: z.array(SharedFile).meta({ description: 'The shared files of the message.', examples: [[]] }),
    hiddenFileCount: z
      .int()
      .meta({ description: 'The number of files of the message that are not shared.', examples: [0] }),
    complete: z.boolean().meta({ description: 'False if the answer ended early.' }),
  })
  .meta({ id: 'SharedMessage', description: 'A message of a shared chat: its text and its files.' });
export type SharedMessage = z.output<typeof SharedMessage>;

export const SharedChatGet = z.strictObject({ token: ShareToken, ...paging });
export const SharedChat = page(SharedMessage).extend({ title: Title, sharedAt: SharedAt }).meta({
  id: 'SharedChat',
  description:
    'A page of a shared chat, oldest message first. A page also ends at 1 MiB of content, and leaves out messages without text and files.',
});
export type SharedChat = z.output<typeof SharedChat>;
