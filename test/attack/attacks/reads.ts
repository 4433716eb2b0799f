import { type Attack, gets, noLongerThan } from '../attack.ts';
import { askIn } from '../chats.ts';
import type { Attacker } from '../fixture.ts';

const MB = 1024 * 1024;
const isLong = true;
const owner = (fixture: { as: (name: string) => Attacker; seeded: { owner: string } }) =>
  fixture.as(fixture.seeded.owner);
const messages = (chat: string) => `/api/v1/chats/${chat}/messages?limit=100`;
const ALONE_AND_THREE = [
  { count: 1, concurrency: 1 },
  { count: 10, concurrency: 3 },
];

function batchOf(chat: string, count: number): string {
  const calls = Array.from({ length: count }, () => 'chat.messages').join(',');
  const inputs = Object.fromEntries(
    Array.from({ length: count }, (_, at) => [at, { json: { chatId: chat, limit: 100 } }]),
  );
  return `/api/trpc/${calls}?batch=1&input=${encodeURIComponent(JSON.stringify(inputs))}`;
}

const sizes: Attack[] = [
  {
    entry: 'B8',
    name: 'a page of 50 messages of 0.9 MB',
    judge: noLongerThan(2 * MB),
    prepare: (fixture) => () => owner(fixture).send(messages(fixture.seeded.big)),
  },
  {
    entry: 'B8',
    name: 'a batch of 4 such pages',
    rounds: ALONE_AND_THREE,
    judge: noLongerThan(8 * MB),
    prepare: (fixture) => () => owner(fixture).send(batchOf(fixture.seeded.big, 4)),
  },
  {
    entry: 'B8',
    name: 'a batch of 20 such pages',
    isLong,
    rounds: ALONE_AND_THREE,
    judge: noLongerThan(24 * MB),
    prepare: (fixture) => () => owner(fixture).send(batchOf(fixture.seeded.big, 20)),
  },
  {
    entry: 'B8',
    name: 'the chat page with messages of 0.9 MB',
    judge: noLongerThan(8 * MB),
    prepare: (fixture) => () => owner(fixture).send(`/chat/${fixture.seeded.big}`),
  },
  {
    entry: 'B8',
    name: 'an export of a long chat',
    rounds: ALONE_AND_THREE,
    judge: gets(200),
    // Another account than below, because an account may export ten times a minute.
    prepare: (fixture) => {
      const member = fixture.as(fixture.seeded.deletable[0]?.owner ?? '');
      return () => member.send('/api/v1/protected/export');
    },
  },
  {
    entry: 'B8',
    name: '12 exports of 45 MB that are not read',
    rounds: [{ count: 12, concurrency: 12 }],
    judge: gets(200),
    prepare: (fixture) => () => owner(fixture).hold('/api/v1/protected/export', 2_000),
  },
  {
    entry: 'B8',
    name: '12 pages of messages that are not read',
    isLong,
    rounds: [{ count: 12, concurrency: 12 }],
    judge: gets(200),
    prepare: (fixture) => () => owner(fixture).hold(messages(fixture.seeded.big), 3_000),
  },
  {
    entry: 'B8',
    name: 'a question after 45 MB of conversation',
    isLong,
    rounds: [{ count: 1, concurrency: 1 }],
    judge: gets(202),
    prepare: (fixture) => () => askIn(owner(fixture), fixture.seeded.big, ['And?']),
  },
];

/** The texts of the short form: one for each way to fail. */
const SHORT_MARKDOWN = /emphases|500 deep|nested quotes/;

/** Creates an attack of entry B9 on the server. Browsers render the same text with the same limits. */
function markdown(name: string, index: number): Attack {
  return {
    entry: 'B9',
    name: `the page of ${name}`,
    judge: gets(200),
    ...(!SHORT_MARKDOWN.test(name) && { isLong }),
    prepare: ({ as, seeded }) => {
      const { owner: writer = '', chat = '' } = seeded.markdown[index] ?? {};
      return () => as(writer).send(`/chat/${chat}`);
    },
  };
}

const allMarkdown: Attack = {
  entry: 'B9',
  name: 'the page of all these texts',
  isLong,
  judge: gets(200),
  prepare:
    ({ as, seeded: { allMarkdown: all } }) =>
    () =>
      as(all.owner).send(`/chat/${all.chat}`),
};

/** Returns the attacks of entries B8 and B9: large reads. @param texts the names of the seeded hostile texts. */
export const readAttacks = (texts: readonly string[]): Attack[] => [
  ...sizes,
  ...texts.map(markdown),
  allMarkdown,
];
