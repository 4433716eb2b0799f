import { createHmac } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Database } from '#server/db/database';
import { chats, messages, sessions, users } from '#server/db/schema/index';
import { foldPieces, insertPieces } from '#server/search/pieces';
import type { Backend } from '#test/crash/databases';
import { HOSTILE_MARKDOWN } from './markdown.ts';

/** Signs the session cookies of seeded accounts, like the server. */
export const AUTH_SECRET = 'a secret of the attack suite of 32 characters';
const COOKIE = 'better-auth.session_token';
const SESSION_MS = 24 * 60 * 60 * 1000;
const MEMBERS = 400;
const BATCH_SIZE = 100;
const BIG_MESSAGES = 50;
const BIG_CHARACTERS = 900_000;
const SENTENCE = 'A sentence. ';

/** The accounts, chats and messages that attacks use. */
export interface Seeded {
  /** Names of accounts without data. */
  members: string[];
  /** The number of messages of a long chat. */
  longMessages: number;
  /** A member with a chat of 50 messages of 0.9 MB. */
  owner: string;
  /** A member with one chat, whose name is `warm`. */
  visitor: string;
  /** A long chat of another member, with a second version of its first message. */
  long: { owner: string; chat: string; otherBranch: string };
  big: string;
  /** A chat per hostile text, each of another member, and one with all texts. */
  markdown: { name: string; owner: string; chat: string }[];
  allMarkdown: { owner: string; chat: string };
  /** Long chats to delete, each of another owner. */
  deletable: { owner: string; chat: string }[];
  /** Guests with a long chat. */
  guests: string[];
}

/** Returns the Cookie header of a seeded account. better-auth signs the token with HMAC-SHA-256. */
export function memberOf(name: string): { cookie: string } {
  const token = `token-of-${name}`;
  const signature = createHmac('sha256', AUTH_SECRET).update(token).digest('base64');
  return { cookie: `${COOKIE}=${encodeURIComponent(`${token}.${signature}`)}` };
}

const many = (count: number, name: string) => Array.from({ length: count }, (_, index) => `${name}-${index}`);

/** Adds the messages of a chat, which all have the same text, to the search index. */
async function makeSearchable({ execute }: Database, chat: string, text: string): Promise<void> {
  const pieces = await foldPieces(text);
  await execute(
    insertPieces(
      sql`(select chat_id, id as message_id, user_id, ${pieces}::json as pieces from messages where chat_id = ${chat})`,
    ),
  );
}

/**
 * Migrates and fills an empty database.
 * @param longMessages the number of messages of a long chat.
 * @param disposable the number of chats that can be deleted, and of guests that can sign up.
 */
export async function seed(backend: Backend, longMessages: number, disposable: number): Promise<Seeded> {
  const members = many(MEMBERS, 'member');
  const owner = 'owner';
  const visitor = 'visitor';
  const long = { owner: 'talker', chat: 'long', otherBranch: 'long-other' };
  const allMarkdown = { owner: 'writer', chat: 'all-markdown' };
  const guests = many(disposable, 'guest');
  const deletable = many(disposable, 'loser').map((name) => ({ owner: name, chat: `long-of-${name}` }));
  const markdown = HOSTILE_MARKDOWN.map(({ name, text }, index) => ({
    name,
    text,
    owner: `writer-${index}`,
    chat: `markdown-${index}`,
  }));
  const database = await backend.open();
  try {
    await database.migrate();
    const { db } = database;
    const owners = [...deletable, ...markdown, long, allMarkdown].map((chat) => chat.owner);
    const people = [...members, owner, visitor, ...guests, ...owners];
    for (let at = 0; at < people.length; at += BATCH_SIZE) {
      const some = people.slice(at, at + BATCH_SIZE);
      await db.insert(users).values(
        some.map((id) => ({
          id,
          name: id,
          email: `${id}@example.com`,
          isAnonymous: guests.includes(id),
          role: id === visitor ? ('admin' as const) : ('user' as const),
        })),
      );
      const expiresAt = new Date(Date.now() + SESSION_MS);
      await db
        .insert(sessions)
        .values(some.map((id) => ({ id: `s-${id}`, userId: id, token: `token-of-${id}`, expiresAt })));
    }
    const newChat = (id: string, userId: string) =>
      db.insert(chats).values({ id, userId, title: 'Seeded', titleFolded: 'seeded' });
    const fill = async (chat: string, userId: string) => {
      await newChat(chat, userId);
      await database.execute(sql`
        insert into messages (id, chat_id, user_id, parent_id, role, status, parts)
        select ${chat} || '-' || lpad(i::text, 6, '0'), ${chat}, ${userId},
          case when i > 1 then ${chat} || '-' || lpad((i - 1)::text, 6, '0') end,
          case when i % 2 = 1 then 'user' else 'assistant' end, 'complete',
          json_build_array(json_build_object('type', 'text', 'text', ${SENTENCE.repeat(8)}::text))
        from generate_series(1, ${longMessages}::int) as i`);
      await database.execute(sql`
        update chats set leaf_id = ${chat} || '-' || lpad(${longMessages}::text, 6, '0') where id = ${chat}`);
      await makeSearchable(database, chat, SENTENCE.repeat(8));
    };
    await fill(long.chat, long.owner);
    await db.insert(messages).values({
      id: long.otherBranch,
      chatId: long.chat,
      userId: long.owner,
      role: 'user',
      status: 'complete',
      parts: [{ type: 'text', text: 'Another question' }],
    });
    for (const { owner: name, chat } of deletable) await fill(chat, name);
    for (const name of guests) await fill(`long-of-${name}`, name);
    // The page of this chat is opened before the measurements.
    await newChat('warm', visitor);
    await newChat('big', owner);
    await database.execute(sql`
      insert into messages (id, chat_id, user_id, parent_id, role, status, parts)
      select 'big-' || lpad(i::text, 6, '0'), 'big', ${owner}, case when i > 1 then 'big-' || lpad((i - 1)::text, 6, '0') end,
        case when i % 2 = 1 then 'user' else 'assistant' end, 'complete',
        json_build_array(json_build_object('type', 'text', 'text', repeat(${SENTENCE}, ${BIG_CHARACTERS / SENTENCE.length}::int)))
      from generate_series(1, ${BIG_MESSAGES}::int) as i`);
    await database.execute(sql`
      update chats set leaf_id = 'big-' || lpad(${BIG_MESSAGES}::text, 6, '0') where id = 'big'`);
    await makeSearchable(database, 'big', SENTENCE.repeat(BIG_CHARACTERS / SENTENCE.length));
    for (const { chat, text, owner: writer } of markdown) {
      await newChat(chat, writer);
      await db.insert(messages).values({
        id: `${chat}-answer`,
        chatId: chat,
        userId: writer,
        role: 'assistant',
        status: 'complete',
        parts: [{ type: 'text', text }],
      });
      await database.execute(sql`update chats set leaf_id = ${`${chat}-answer`} where id = ${chat}`);
    }
    await newChat(allMarkdown.chat, allMarkdown.owner);
    for (const [at, { text }] of markdown.entries()) {
      await db.insert(messages).values({
        id: `all-markdown-${at}`,
        chatId: allMarkdown.chat,
        userId: allMarkdown.owner,
        parentId: at > 0 ? `all-markdown-${at - 1}` : null,
        role: 'assistant',
        status: 'complete',
        parts: [{ type: 'text', text }],
      });
    }
    await database.execute(
      sql`update chats set leaf_id = ${`all-markdown-${markdown.length - 1}`} where id = ${allMarkdown.chat}`,
    );
  } finally {
    await database.close();
  }
  return {
    members,
    longMessages,
    owner,
    visitor,
    long,
    big: 'big',
    markdown: markdown.map(({ text: _, ...rest }) => rest),
    allMarkdown,
    deletable,
    guests,
  };
}
