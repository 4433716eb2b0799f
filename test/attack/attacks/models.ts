import { setTimeout as pause } from 'node:timers/promises';
import { type Attack, gets } from '../attack.ts';
import { askIn, isAnswering, newChat } from '../chats.ts';
import type { Outcome } from '../outcome.ts';
import type { Attacker } from '../fixture.ts';

/** The time limit of an answer. */
const END_MS = 75_000;
const POLL_MS = 250;
/** How long to measure after an answer, because the server then removes its log. */
const WATCH_MS = 500;

/** Asks a model and waits until its answer has ended. @returns status 0 if it does not end. */
async function answerOf(attacker: Attacker, url: string, model: string): Promise<Outcome> {
  const chat = await newChat(attacker, url, model);
  const sent = await askIn(attacker, chat);
  if (sent.status !== 202) return sent;
  const deadline = Date.now() + END_MS;
  while (Date.now() < deadline) {
    await pause(POLL_MS);
    // Also reads the stored answer, whose cost is limited too.
    if (!(await isAnswering(attacker, url, chat))) return attacker.send(`/chat/${chat}`);
  }
  await attacker.post(`/api/v1/chats/${chat}/stop`, {});
  return { status: 0, bytes: 0 };
}

const ANSWERS: readonly (readonly [model: string, name: string, isLong?: true])[] = [
  ['words', 'an answer of 1.5 MB of distinct words'],
  ['parts', 'an answer of 6,000 parts'],
  ['endless', 'an answer without an end'],
  ['word', 'an answer of one word of 2 MB', true],
  ['endless-small', 'an answer without an end, of single letters', true],
  ['endless-empty', 'an answer without an end, of empty deltas', true],
  ['markdown', 'an answer of hostile Markdown', true],
  ['unstorable', 'an answer that no database accepts', true],
];

const answers: Attack[] = ANSWERS.map(([model, name, isLong]) => ({
  entry: 'B13',
  name,
  ...(isLong && { isLong }),
  rounds: [{ count: 1, concurrency: 1 }],
  watchMs: WATCH_MS,
  judge: gets(200),
  prepare: (fixture) => {
    const member = fixture.member();
    return () => answerOf(member, fixture.url, model);
  },
}));

/** After the answers, the server removes their logs, and maintains the database. */
const maintenance: Attack = {
  entry: 'B11',
  name: 'ten concurrent long answers, and the maintenance after them',
  isLong: true,
  rounds: [{ count: 10, concurrency: 10 }],
  watchMs: 10_000,
  judge: gets(200),
  prepare: (fixture) => {
    const member = fixture.member();
    return () => answerOf(member, fixture.url, 'words');
  },
};

/** Returns distinct words, more than a text index accepts for one text. */
const words = (from: number, count: number) =>
  Array.from({ length: count }, (_, at) => `w${((from + at) * 7_919).toString(36)}q`).join(' ');

const question: Attack = {
  entry: 'B13',
  name: 'a question of 1 MB of distinct words',
  rounds: [{ count: 1, concurrency: 1 }],
  judge: gets(202),
  prepare: async (fixture) => {
    const member = fixture.member();
    const chat = await newChat(member, fixture.url, 'silent');
    const texts = Array.from({ length: 10 }, (_, at) => words(at * 20_000, 14_000).slice(0, 99_000));
    return () => askIn(member, chat, texts);
  },
};

/** Entries B13 and B11: expensive answers of models. */
export const models: readonly Attack[] = [...answers, question, maintenance];
