import { z } from 'zod';
import { listFound } from '#server/chat/found-chats';
import * as chats from '#server/chat/chats';
import * as messages from '#server/chat/messages';
import { search } from '#server/chat/search';
import type { Deps } from '#server/compose';
import * as users from '#server/people/users';
import { blocksRead, executed } from '#test/plans';
import { recordStatements } from '#test/statements';
import { createInstance } from '../db/instance.ts';
import { actorOf } from '../lib/actor.ts';
import { table, writeSection } from '../lib/document.ts';
import { describeMachine, UNPINNED } from '../lib/machine.ts';
import { readOptions, wholeNumber } from '../lib/options.ts';
import { percentile } from '../lib/statistics.ts';
import { type Account, fill, measuredAccounts, type Sizes, WORDS } from './data.ts';

const Options = z.object({
  messages: wholeNumber(100_000).default(10_000_000),
  accounts: wholeNumber(10_000).default(100_000),
});

const LIMIT = 20;
/** Each call is made so often in total, for the accounts in turn. */
const CALLS = 200;
/** The plans of so many calls are looked at. */
const EXPLAINED = 20;

type Call = (deps: Deps, account: Account) => Promise<unknown>;

/** The first pages of the lists of an account. */
const LISTS: Record<string, Call> = {
  'chat.list': (deps, account) =>
    chats.list(deps, actorOf(account.userId), { limit: LIMIT, archived: false }),
  'chat.messages': (deps, account) =>
    messages.list(deps, actorOf(account.userId), { limit: LIMIT, chatId: account.chatId }),
  ...searches('chat.search', (deps, account, text) =>
    search(deps, actorOf(account.userId), { limit: LIMIT, search: text }),
  ),
  ...searches('chat.list', (deps, account, text) =>
    listFound(deps, actorOf(account.userId), { limit: LIMIT, archived: false, search: text }),
  ),
};

/** The first pages of the list of accounts. */
const ADMIN: Record<string, Call> = {
  'users.list': (deps) => users.list(deps, { limit: LIMIT }),
  'users.list, a name': (deps, { userId }) => users.list(deps, { limit: LIMIT, search: userId }),
  'users.list, all names': (deps) => users.list(deps, { limit: LIMIT, search: 'example.com' }),
  'users.list, no name': (deps) => users.list(deps, { limit: LIMIT, search: WORDS.missing }),
};

function searches(
  name: string,
  call: (deps: Deps, account: Account, text: string) => Promise<unknown>,
): Record<string, Call> {
  const named = Object.entries(WORDS).map(([kind, word]): [string, Call] => [
    `${name}, ${kind} word`,
    (deps, account) => call(deps, account, word),
  ]);
  return Object.fromEntries(named);
}

/**
 * Measures first pages of lists and searches in a database with very many messages of very many accounts. It writes
 * docs/benchmarks.md.
 * @param args `--messages 10000000 --accounts 100000`
 */
export async function main(args: string[]): Promise<void> {
  const { options: sizes } = readOptions(Options, args);
  const instance = await createInstance();
  try {
    const began = performance.now();
    await fill(instance.url, sizes, (done) => {
      if (done % 1_000_000 === 0) console.error(`${done} messages`);
    });
    console.error(`filled in ${Math.round((performance.now() - began) / 1000)} s`);
    const text = await measure(instance.deps, sizes);
    console.log(text);
    await writeSection('Scale', text);
  } finally {
    await instance.close();
  }
}

/** Returns a table of the time of each call, and of the blocks that it reads. */
async function measure(deps: Deps, sizes: Sizes): Promise<string> {
  const statements = recordStatements(deps.database);
  const rows: string[][] = [];

  async function add(name: string, call: Call, accounts: Account[]): Promise<void> {
    const times: number[] = [];
    const blocks: number[] = [];
    for (let number = 0; number < CALLS; number++) {
      const account = accounts[number % accounts.length];
      if (!account) return;
      statements.length = 0;
      const began = performance.now();
      await call(deps, account);
      times.push(performance.now() - began);
      if (number >= EXPLAINED) continue;
      let sum = 0;
      for (const statement of [...statements]) sum += blocksRead(await executed(deps.database, statement));
      blocks.push(sum);
    }
    const [first = NaN] = times;
    const figures = [first, percentile(times, 0.5), percentile(times, 0.95), Math.max(...times)];
    rows.push([name, ...figures.map((ms) => ms.toFixed(1)), percentile(blocks, 0.5).toFixed(0)]);
    console.error(...(rows.at(-1) ?? []));
  }

  for (const [count, accounts] of measuredAccounts(sizes)) {
    for (const [name, call] of Object.entries(LISTS)) {
      await add(`${count.toLocaleString('en')} messages: ${name}`, call, accounts);
    }
  }
  const accounts = measuredAccounts(sizes).flatMap(([, measured]) => measured);
  for (const [name, call] of Object.entries(ADMIN)) await add(name, call, accounts);
  const head = ['first page', 'first call ms', 'median ms', 'p95 ms', 'max ms', 'blocks'];
  return `${introduction(sizes)}\n\n${table(head, rows)}`;
}

const introduction = ({ messages, accounts }: Sizes) =>
  `\`npm run bench -- scale\`: first pages of lists and searches on Postgres, with ${messages.toLocaleString('en')} messages of ${accounts.toLocaleString('en')}
accounts. Twenty accounts have a fifth of the messages, a thousand have another fifth, and the rest is shared evenly. Accounts write
in turn, so the messages of each are spread over the whole table. Half of the messages have fewer than 13 words, and one of a
hundred has 800. The benchmark calls the product's own functions ${CALLS} times, for up to 100 accounts in turn. _Blocks_ are the
blocks of 8 KiB that a call reads, from memory or from the disk (median of ${EXPLAINED} calls). One of 10,000 messages has the rare
word, at least one of each account.

${describeMachine(UNPINNED)}`;
