import { beforeAll, describe, expect, test } from '@jest/globals';
import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Deps } from '#server/compose';
import { messages } from '#server/db/schema/index';
import { MAX_PAGE_BYTES } from '#server/limits';
import { callAs, failureOf, type Person, signUp, startInstance } from '#test/caller';

let deps: Deps;
let ada: Person;

beforeAll(async () => {
  deps = await startInstance();
  ada = await signUp(deps);
});

/** Adds a chat of alternating questions and answers, and another version of the last answer, which is shown. */
async function createChat(texts: string[]): Promise<string> {
  const { id } = await ada.api.chat.create({ title: 'Islands' });
  const rows = [...texts, texts.at(-1) ?? ''].map((text, index) => ({
    id: `${id}-${index}`,
    parent: index === 0 ? null : `${id}-${Math.min(index, texts.length - 1) - 1}`,
    role: Math.min(index, texts.length - 1) % 2 === 0 ? 'user' : 'assistant',
    status: index === texts.length ? 'stopped' : 'complete',
    parts: [
      { type: 'reasoning', text: 'a thought' },
      { type: 'text', text: index === texts.length - 1 ? 'Another version' : text },
    ],
  }));
  await deps.database.execute(sql`
    insert into messages (id, chat_id, user_id, parent_id, role, status, parts)
    select row.id, ${id}, ${ada.id}, row.parent, row.role, row.status, row.parts
    from json_to_recordset(${JSON.stringify(rows)}::json)
      as row(id text, parent text, role text, status text, parts json)`);
  await deps.database.execute(sql`update chats set leaf_id = ${rows.at(-1)?.id} where id = ${id}`);
  return id;
}

const FILE = {
  type: 'file' as const,
  mediaType: 'application/pdf',
  filename: 'my_[invoice].pdf',
  url: '/api/files/1',
  providerMetadata: { file: { size: 48_213, tokens: 1, textTokens: 1 } },
};

/** Adds a file to a message. */
const addFile = (messageId: string) =>
  deps.db
    .update(messages)
    .set({ parts: [{ type: 'text', text: 'Where?' }, FILE] })
    .where(eq(messages.id, messageId));

async function markdownOf(chatId: string, limit?: number): Promise<string[]> {
  const parts: string[] = [];
  let cursor: string | undefined;
  do {
    const part = await ada.api.chat.exportMarkdown({
      chatId,
      ...(limit && { limit }),
      ...(cursor && { cursor }),
    });
    parts.push(part.markdown);
    cursor = part.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return parts;
}

const DOCUMENT = `# Islands

## User

Where are they?

## Assistant

In *Norway*.

## User

Cold?

## Assistant (stopped)

No.
`;

describe('chat.exportMarkdown', () => {
  test('returns the branch that the chat shows, as one document in any number of parts', async () => {
    const id = await createChat(['Where are they?', 'In *Norway*.', 'Cold?', 'No.']);
    expect(await markdownOf(id)).toEqual([DOCUMENT]);
    const parts = await markdownOf(id, 1);
    expect(parts).toHaveLength(4);
    expect(parts.join('')).toBe(DOCUMENT);
  });

  test('names files where they are, and has a summary below the last message that it covers', async () => {
    const id = await createChat(['Where?', 'Here.', 'Cold?', 'No.']);
    await addFile(`${id}-0`);
    await deps.db
      .update(messages)
      .set({ summary: 'They are *here*.' })
      .where(eq(messages.id, `${id}-1`));
    const document = `# Islands

## User

Where?

- File: my\\_\\[invoice\\].pdf (application/pdf, 48,213 bytes)

## Assistant

Here.

## Summary of the messages above

They are *here*.

## User

Cold?

## Assistant (stopped)

No.
`;
    expect(await markdownOf(id)).toEqual([document]);
    expect((await markdownOf(id, 1)).join('')).toBe(document);
  });

  test('returns at most MAX_PAGE_BYTES and one message at a time', async () => {
    const long = 'x'.repeat(MAX_PAGE_BYTES - 1000);
    const parts = await markdownOf(await createChat([long, long, long]));
    expect(parts).toHaveLength(2);
    expect(
      parts
        .join('')
        .match(/x+/g)
        ?.map(({ length }) => length),
    ).toEqual(Array(3).fill(long.length));
  });

  test('returns the title of a chat without messages', async () => {
    const { id } = await ada.api.chat.create({});
    expect(await markdownOf(id)).toEqual(['# New chat\n']);
  });
});

describe('chat.export', () => {
  test('returns the chat with all its messages in the form of the export of the account', async () => {
    await createChat(['Other', 'Chat']);
    const id = await createChat(['Where?', 'Here.']);
    await addFile(`${id}-0`);
    const read = async (chunks: AsyncIterable<string>) => {
      let text = '';
      for await (const chunk of chunks) text += chunk;
      return z
        .looseObject({
          chats: z.array(z.looseObject({ id: z.string() })),
          messages: z.array(z.looseObject({ chatId: z.string() })),
        })
        .parse(JSON.parse(text));
    };
    const one = await read(await ada.api.chat.export({ id }));
    expect([one.chats.length, one.messages.length]).toEqual([1, 3]);
    expect(one.messages[0]).toMatchObject({ parts: [{ text: 'Where?' }, FILE], summary: null });
    const all = await read(await ada.api.protected.exportData());
    expect(one.chats).toEqual(all.chats.filter((chat) => chat.id === id));
    expect(one.messages).toEqual(all.messages.filter(({ chatId }) => chatId === id));
  });
});

test('a chat can be exported by its owner only', async () => {
  const id = await createChat(['Where?', 'Here.']);
  const { api } = await signUp(deps, 'Ben');
  expect(await failureOf(api.chat.export({ id }))).toBe('NOT_FOUND');
  expect(await failureOf(api.chat.exportMarkdown({ chatId: id }))).toBe('NOT_FOUND');
  expect(await failureOf(callAs(deps).chat.export({ id }))).toBe('UNAUTHORIZED');
});
