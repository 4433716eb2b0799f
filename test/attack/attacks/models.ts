import { setTimeout as pause } from 'node:timers/promises';
import { type Attack, gets } from '../attack.ts';
import { askIn, isAnswering, newChat } from '../chats.ts';
import type { Outcome } from '../outcome.ts';
import type { Attacker } from '../scene.ts';

/** How long an answer may take to end. */
const END_MS = 75_000;
const POLL_MS = 250;
/** The log of an answer is removed after it. */
const WATCH_MS = 500;

/** Asks a model and waits until its answer ended. @returns status 0 when it did not. */
async function answerOf(who: Attacker, url: string, model: string): Promise<Outcome> {
  const chat = await newChat(who, url, model);
  const sent = await askIn(who, chat);
  if (sent.status !== 202) return sent;
  const giveUpAt = Date.now() + END_MS;
  while (Date.now() < giveUpAt) {
    await pause(POLL_MS);
    // It is read as well: what was kept must not cost more than it did to write.
    if (!(await isAnswering(who, url, chat))) return who.send(`/chat/${chat}`);
  }
  await who.post(`/api/v1/chats/${chat}/stop`, {});
  return { status: 0, bytes: 0 };
}

const SAID: readonly (readonly [model: string, name: string, isLong?: true])[] = [
  ['words', 'an answer of 1.5 MB of distinct words'],
  ['parts', 'an answer of 6,000 parts'],
  ['endless', 'an answer without an end'],
  ['word', 'an answer of one word of 2 MB', true],
  ['endless-small', 'an answer without an end, of single letters', true],
  ['endless-empty', 'an answer without an end, of nothing', true],
  ['markdown', 'an answer of hostile Markdown', true],
  ['unstorable', 'an answer that no database takes', true],
];

const answers: Attack[] = SAID.map(([model, name, isLong]) => ({
  entry: 'B13',
  name,
  ...(isLong && { isLong }),
  rounds: [{ count: 1, atOnce: 1 }],
  watchMs: WATCH_MS,
  judge: gets(200),
  prepare: (scene) => {
    const member = scene.member();
    return () => answerOf(member, scene.url, model);
  },
}));

/** Their logs are removed afterwards; upkeep follows. */
const upkeep: Attack = {
  entry: 'B11',
  name: 'ten long answers at once, and the upkeep after them',
  isLong: true,
  rounds: [{ count: 10, atOnce: 10 }],
  watchMs: 10_000,
  judge: gets(200),
  prepare: (scene) => {
    const member = scene.member();
    return () => answerOf(member, scene.url, 'words');
  },
};

/** Distinct words, more than a text index takes of one text. */
const words = (from: number, count: number) =>
  Array.from({ length: count }, (_, at) => `w${((from + at) * 7_919).toString(36)}q`).join(' ');

const question: Attack = {
  entry: 'B13',
  name: 'a question of 1 MB of distinct words',
  rounds: [{ count: 1, atOnce: 1 }],
  judge: gets(202),
  prepare: async (scene) => {
    const member = scene.member();
    const chat = await newChat(member, scene.url, 'silent');
    const texts = Array.from({ length: 10 }, (_, at) => words(at * 20_000, 14_000).slice(0, 99_000));
    return () => askIn(member, chat, texts);
  },
};

/** Entries B13 and B11: what a model may have a server do. */
export const models: readonly Attack[] = [...answers, question, upkeep];
