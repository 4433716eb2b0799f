import { type Attack, gets, noLongerThan } from '../attack.ts';
import { askIn } from '../chats.ts';
import type { Attacker } from '../scene.ts';

const MB = 1024 * 1024;
const isLong = true;
const owner = (scene: { as: (name: string) => Attacker; seeded: { owner: string } }) =>
  scene.as(scene.seeded.owner);
const messages = (chat: string) => `/api/v1/chats/${chat}/messages?limit=100`;
const ALONE_AND_THREE = [
  { count: 1, atOnce: 1 },
  { count: 10, atOnce: 3 },
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
    prepare: (scene) => () => owner(scene).send(messages(scene.seeded.big)),
  },
  {
    entry: 'B8',
    name: 'a batch of 4 such pages',
    rounds: ALONE_AND_THREE,
    judge: noLongerThan(8 * MB),
    prepare: (scene) => () => owner(scene).send(batchOf(scene.seeded.big, 4)),
  },
  {
    entry: 'B8',
    name: 'a batch of 20 such pages',
    isLong,
    rounds: ALONE_AND_THREE,
    judge: noLongerThan(24 * MB),
    prepare: (scene) => () => owner(scene).send(batchOf(scene.seeded.big, 20)),
  },
  {
    entry: 'B8',
    name: 'the chat page with messages of 0.9 MB',
    judge: noLongerThan(8 * MB),
    prepare: (scene) => () => owner(scene).send(`/chat/${scene.seeded.big}`),
  },
  {
    entry: 'B8',
    name: 'an export of a long chat',
    rounds: ALONE_AND_THREE,
    judge: gets(200),
    // Somebody else than below: an account may export ten times a minute.
    prepare: (scene) => {
      const loser = scene.as(scene.seeded.deletable[0]?.owner ?? '');
      return () => loser.send('/api/v1/protected/export');
    },
  },
  {
    entry: 'B8',
    name: '12 exports of 45 MB that nobody reads',
    rounds: [{ count: 12, atOnce: 12 }],
    judge: gets(200),
    prepare: (scene) => () => owner(scene).hold('/api/v1/protected/export', 2_000),
  },
  {
    entry: 'B8',
    name: '12 pages of messages that nobody reads',
    isLong,
    rounds: [{ count: 12, atOnce: 12 }],
    judge: gets(200),
    prepare: (scene) => () => owner(scene).hold(messages(scene.seeded.big), 3_000),
  },
  {
    entry: 'B8',
    name: 'a question after 45 MB of conversation',
    isLong,
    rounds: [{ count: 1, atOnce: 1 }],
    judge: gets(202),
    prepare: (scene) => () => askIn(owner(scene), scene.seeded.big, ['And?']),
  },
];

/** Texts that take part in the short form: one of each way to fail. */
const SHORT_MARKDOWN = /emphases|500 deep|nested quotes/;

/** Entry B9, on the server; a browser renders the same text with the same bounds. */
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
  name: 'the page of all these',
  isLong,
  judge: gets(200),
  prepare:
    ({ as, seeded: { allMarkdown: all } }) =>
    () =>
      as(all.owner).send(`/chat/${all.chat}`),
};

/** Entries B8 and B9: what a read may weigh. @param texts the names of the seeded hostile texts. */
export const readAttacks = (texts: readonly string[]): Attack[] => [
  ...sizes,
  ...texts.map(markdown),
  allMarkdown,
];
