import type { McpPrompt, McpResource, McpResourceTemplate } from '#layer/mcp/index';
import { PRODUCT } from '#contract/product';
import { transcriptOf } from '#server/chat/transcript';
import { documentation } from '#server/documentation';
import { AppError } from '#server/errors';
import type { Context } from '#server/people/context';
import { createCallerFactory } from '#server/procedures';
import { appRouter } from './index.ts';

const createCaller = createCallerFactory(appRouter);

const MARKDOWN = 'text/markdown';
const CHATS = `${PRODUCT.slug}://chats`;
const DOCS = `${PRODUCT.slug}://docs`;
/** The procedure that decides who may read chats. */
const procedure = 'chat.messages';
const HEADING = /^# (.+)$/m;

interface ChatRequest {
  ctx: Context;
  id: string;
  signal: AbortSignal;
}

/** Returns a chat of the caller as Markdown. @throws {AppError} NOT_FOUND, FORBIDDEN, INVALID_INPUT */
async function readChat({ ctx, id, signal }: ChatRequest): Promise<string> {
  const { chat } = createCaller(ctx, { signal });
  const [found, { items, nextCursor }] = await Promise.all([
    chat.get({ id }),
    chat.messages({ chatId: id, limit: 100 }),
  ]);
  return transcriptOf(found, items, nextCursor !== null);
}

/** Returns the pages of a folder of the documentation, by their file names. */
async function pagesOf(folder: string): Promise<Map<string, string>> {
  const pages = (await documentation()).map(({ file, markdown }): [string, string] => {
    const end = file.lastIndexOf('/') + 1;
    return [file.slice(0, end) === folder ? file.slice(end) : '', markdown];
  });
  return new Map(pages.filter(([name]) => name !== ''));
}

const readPage = async (folder: string, name = ''): Promise<string | null> =>
  (await pagesOf(folder)).get(name) ?? null;

/** The documents that agents can read: the chats of the caller, and the documentation. */
export const resources: (McpResource<Context> | McpResourceTemplate<Context>)[] = [
  {
    uriTemplate: `${CHATS}/{id}`,
    name: 'chat',
    title: 'Chat',
    description:
      'One of your chats, with its newest messages. chat_list finds others than those of this list.',
    mimeType: MARKDOWN,
    procedure,
    read: ({ ctx, variables: { id = '' }, signal }) => readChat({ ctx, id, signal }),
    async list({ ctx, signal }) {
      const { items } = await createCaller(ctx, { signal }).chat.list({});
      return items.map(({ id, title }) => ({ variables: { id }, name: title === '' ? 'New chat' : title }));
    },
  },
  {
    uriTemplate: `${DOCS}/{page}`,
    name: 'documentation',
    title: 'Documentation',
    description: `A page of the documentation of ${PRODUCT.name}.`,
    mimeType: MARKDOWN,
    read: ({ variables: { page } }) => readPage('docs/', page),
    list: async () =>
      [...(await pagesOf('docs/'))].map(([page, markdown]) => ({
        variables: { page },
        name: page,
        title: HEADING.exec(markdown)?.[1] ?? page,
      })),
  },
  {
    uriTemplate: `${DOCS}/decisions/{page}`,
    name: 'decision',
    title: 'Decision',
    description: `A page with the reasons for a decision. ${DOCS}/decisions/README.md lists them.`,
    mimeType: MARKDOWN,
    read: ({ variables: { page } }) => readPage('docs/decisions/', page),
  },
];

/** The prompts that agents offer to people. */
export const prompts: McpPrompt<Context>[] = [
  {
    name: 'continue_chat',
    title: 'Continue a chat',
    description: 'Continues one of your chats here.',
    procedure,
    arguments: [{ name: 'id', description: 'The id of the chat: the last part of its URL.', required: true }],
    get: async ({ ctx, args: { id = '' }, signal }) => [
      {
        role: 'user',
        content: {
          type: 'resource',
          resource: { uri: `${CHATS}/${id}`, mimeType: MARKDOWN, text: await readChat({ ctx, id, signal }) },
        },
      },
      {
        role: 'user',
        content: {
          type: 'text',
          text: 'Let us continue this conversation here. Say in one sentence where it stands.',
        },
      },
    ],
  },
  {
    name: 'add_procedure',
    title: 'Add a procedure',
    description: `Adds a procedure to a project that is based on ${PRODUCT.name}.`,
    arguments: [{ name: 'purpose', description: 'What the procedure does.', required: true }],
    async get({ args: { purpose = '' } }) {
      const page = 'add-a-procedure.md';
      const text = await readPage('docs/', page);
      if (text === null) throw new AppError('NOT_FOUND', { detail: 'The documentation is not installed.' });
      return [
        {
          role: 'user',
          content: { type: 'resource', resource: { uri: `${DOCS}/${page}`, mimeType: MARKDOWN, text } },
        },
        { role: 'user', content: { type: 'text', text: `Add a procedure as this page says: ${purpose}` } },
      ];
    },
  },
];
