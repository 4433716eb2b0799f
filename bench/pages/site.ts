import { type Account, signUpAdmin } from '#test/client';
import { conversation, type Node } from '#test/conversations';
import { type ScriptedProvider, startScriptedProvider } from '#test/scripted-provider';
import { type RunningServer, startServer } from '#test/server';

/** The built server, with a model whose answers the benchmark writes, and an account with chats. */
export interface Site {
  server: RunningServer;
  provider: ScriptedProvider;
  account: Account;
  /** The path of a chat by its number of messages. */
  paths: Map<number, string>;
  close: () => Promise<void>;
}

const MODEL = 'openai-compatible/scripted';
/** The chats beside those that are measured. */
const OTHER_CHATS = 60;
const IMPORT_LIMIT_MS = 60_000;

/** An answer with all kinds of content, about 1,200 characters long. */
const answer = (index: number) => `## Part ${index}

The **server** keeps _each_ answer: \`chat.send\` returns at once, and [a link](https://example.com/${index}) leads on.
A second line of the same paragraph makes it long enough to wrap on every screen that is not very wide.

- one item with **bold** words
- another item
  - a nested one
- [x] a task

\`\`\`ts
export async function part${index}(input: Input): Promise<Output> {
  const found = await db.select().from(parts).where(eq(parts.id, input.id));
  if (found.length === 0) throw new AppError('NOT_FOUND'); // a comment
  return { ...found[0], index: ${index} };
}
\`\`\`

| name | type | default |
| ---- | :--: | ------: |
| first | string | ${index} |
| second | number | 7 |

> A quote with a few more words, and the last paragraph of this answer follows it.

${'The last paragraph has several sentences. '.repeat(6)}`;

function chatOf(messages: number) {
  const nodes = Array.from({ length: messages }, (_, index): Node => {
    const isQuestion = index % 2 === 0;
    const text = isQuestion ? `Question ${index / 2}?` : answer((index - 1) / 2);
    return [`m${index}`, index === 0 ? null : `m${index - 1}`, isQuestion ? 'user' : 'assistant', text];
  });
  return conversation(`Chat of ${messages}`, nodes);
}

async function importChats({ rpc }: Account, file: unknown[]): Promise<void> {
  const { id } = await rpc.chat.imports.create.mutate({ content: JSON.stringify(file) });
  const end = performance.now() + IMPORT_LIMIT_MS;
  for (;;) {
    const { items } = await rpc.chat.imports.list.query({});
    if (items.find((one) => one.id === id)?.pending === 0) return;
    if (performance.now() > end) throw new Error('The chats were not imported in time.');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Starts a server with a chat for each number of messages. */
export async function startSite(sizes: readonly number[]): Promise<Site> {
  const provider = await startScriptedProvider();
  const server = await startServer({
    AI_BASE_URL: provider.url,
    AI_MODELS: MODEL,
    AI_CONTEXT_TOKENS: `${MODEL}=1000000`,
  });
  const account = await signUpAdmin(server);
  await importChats(
    account,
    Array.from({ length: OTHER_CHATS }, (_, index) => ({ ...chatOf(2), title: `Other ${index}` })),
  );
  for (const size of sizes) await importChats(account, [chatOf(size)]);
  const { items } = await account.rpc.chat.list.query({ limit: 100, search: 'Chat of' });
  const paths = new Map<number, string>();
  for (const size of sizes) {
    const chat = items.find(({ title }) => title === `Chat of ${size}`);
    if (!chat) throw new Error(`The chat of ${size} messages was not imported.`);
    await account.rpc.chat.update.mutate({ id: chat.id, model: MODEL });
    paths.set(size, `/chat/${chat.id}`);
  }
  return {
    server,
    provider,
    account,
    paths,
    // The server ends with this process.
    close: () => provider.close(),
  };
}
