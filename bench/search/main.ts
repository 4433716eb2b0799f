import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Actor } from '#server/people/actor';
import { listFound } from '#server/chat/found-chats';
import { search } from '#server/chat/search';
import { asMigration } from '#server/db/work';
import { createDeps, type Deps } from '#server/compose';
import { parseEnv } from '#server/env';
import { createLogger } from '#server/log/index';
import { actorOf } from '../lib/actor.ts';
import { table, writeSection } from '../lib/document.ts';
import { describeMachine, UNPINNED } from '../lib/machine.ts';
import { namesOf, readOptions, wholeNumber } from '../lib/options.ts';
import { percentile } from '../lib/statistics.ts';
import { createDatabase } from '../streams/postgres.ts';
import { ACCOUNTS, commonWord, fill, NEEDLES, rareWord } from './data.ts';

const Options = z.object({
  messages: wholeNumber(2000).default(1_000_000),
  databases: namesOf(['pglite', 'postgres']),
});

/** The number of measured pages of each search, from the first page on. */
const PAGES = 2;

interface Page {
  items: unknown[];
  nextCursor: string | null;
}
type Call = (deps: Deps, actor: Actor, input: { search: string; cursor?: string }) => Promise<Page>;

const CALLS: Record<string, Call> = {
  'chat.search': (deps, actor, input) => search(deps, actor, { limit: 20, ...input }),
  'chat.list': (deps, actor, input) => listFound(deps, actor, { limit: 20, archived: false, ...input }),
};

const letter = (number: number) => String.fromCharCode(97 + (number % 26));

/** The needles by their kinds. */
const KINDS: Record<string, (number: number) => string> = {
  'a rare word': rareWord,
  'a common word': commonWord,
  'one character': (number) => String.fromCharCode(33 + ((number * 7) % 94)).replace('"', 'q'),
  'two characters': (number) => letter(number) + letter(Math.floor(number / 26) * 5 + number * 3),
  'a rare phrase of common words': (number) =>
    `"${commonWord(number % 40)} ${commonWord((number * 7) % 40)} ${commonWord((number * 11) % 40)}"`,
  'three common words': (number) =>
    `${commonWord(number)} ${commonWord(number + 200)} ${commonWord(number + 400)}`,
  'a word in no message': (number) => `nowhere${number}`,
};

/**
 * Measures pages of searches among very many messages on both databases. It writes docs/benchmarks.md.
 * @param args `--messages 1000000 --databases pglite,postgres`
 */
export async function main(args: string[]): Promise<void> {
  const { messages, databases } = readOptions(Options, args).options;
  const sections: string[] = [];
  if (databases.includes('pglite')) sections.push(await measurePglite(messages));
  if (databases.includes('postgres')) sections.push(await measurePostgres(messages));
  const text = `${introduction(messages)}\n\n${sections.join('\n\n')}`;
  console.log(text);
  await writeSection('Search', text);
}

async function measurePglite(messages: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-bench-'));
  try {
    return await measure('PGlite', { DATA_DIR: folder }, messages);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measurePostgres(messages: number): Promise<string> {
  const database = await createDatabase();
  try {
    return await measure('Postgres', { DATABASE_URL: database.url }, messages);
  } finally {
    await database.drop();
  }
}

/** Returns a table of the cost of pages on one database. */
async function measure(name: string, settings: Record<string, string>, messages: number): Promise<string> {
  const env = parseEnv({
    NODE_ENV: 'production',
    AUTH_SECRET: 'a secret for measuring only of 32 characters',
    ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
    ...settings,
  });
  const deps = await createDeps(env, createLogger({ LOG_LEVEL: 'silent' }), []);
  try {
    await asMigration(async () => {
      await fill(deps.database, messages, (done) => {
        if (done % 100_000 === 0) console.error(`${name}: ${done} messages`);
      });
      await deps.database.execute(sql`analyze`);
    });
    const rows: string[][] = [];
    for (const [procedure, call] of Object.entries(CALLS)) {
      for (const [kind, needle] of Object.entries(KINDS)) {
        const of = (userId: string) => timesOf(deps, userId, call, needle);
        const [large, small] = [await of(ACCOUNTS.large), await of(ACCOUNTS.small)];
        const cell = (times: number[], share: number) => percentile(times, share).toFixed(1);
        rows.push([
          `${procedure}: ${kind}`,
          cell(large, 0.5),
          cell(large, 0.95),
          Math.max(...large).toFixed(1),
          cell(small, 0.5),
          cell(small, 0.95),
        ]);
        console.error(name, ...(rows.at(-1) ?? []));
      }
    }
    const head = ['search', 'median ms', 'p95 ms', 'max ms', 'ten messages: median ms', 'p95 ms'];
    return `### ${name}\n\n${table(head, rows)}\n\n${await wholeSearch(deps)}`;
  } finally {
    await deps.close();
  }
}

/** Returns the time of each of the first pages of searches, in milliseconds. */
async function timesOf(
  deps: Deps,
  userId: string,
  call: Call,
  needle: (number: number) => string,
): Promise<number[]> {
  const actor = actorOf(userId);
  const times: number[] = [];
  for (let number = 0; number < NEEDLES; number++) {
    let cursor: string | null = null;
    for (let page = 0; page < PAGES; page++) {
      const input = { search: needle(number), ...(cursor !== null && { cursor }) };
      const began = performance.now();
      const { nextCursor }: Page = await call(deps, actor, input);
      times.push(performance.now() - began);
      cursor = nextCursor;
      if (cursor === null) break;
    }
  }
  return times;
}

/** Measures a search that examines everything, and describes it in a sentence. */
async function wholeSearch(deps: Deps): Promise<string> {
  let cursor: string | null = null;
  let pages = 0;
  let found = 0;
  const began = performance.now();
  do {
    const input = { limit: 20, search: rareWord(7), ...(cursor !== null && { cursor }) };
    const page: Page = await search(deps, actorOf(ACCOUNTS.large), input);
    cursor = page.nextCursor;
    found += page.items.length;
    pages++;
  } while (cursor !== null);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  return `A complete search for a rare word took ${pages} pages and ${seconds} s, and found ${found} messages.`;
}

const introduction = (
  messages: number,
) => `\`npm run bench -- search\`: the time of pages of a search, for a user with ${messages.toLocaleString('en')} messages of 20 words in chats of 200, and
for a user with ten messages among them. The common words are the ${NEEDLES} most common ones. A rare word is in one of
${(messages / 10).toLocaleString('en')} messages. There are ${NEEDLES} needles of each kind. The benchmark
reads the first ${PAGES} pages of 20 of each, one after the other, and measures from the call of the function to its result. A page ends
at 20 hits, when it has examined 10,000 messages, divided by the number of words, or after 20 ms.

${describeMachine(UNPINNED)}`;
