// @ts-check
/** Runs in a project with the packed SDK, in every runtime that has fetch. */
import { InvalidInputError, NotFoundError, Switchboard, UnauthorizedError } from '@switchboard/sdk';

/** @param {unknown} actual @param {unknown} expected @param {string} subject */
function equal(actual, expected, subject) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${subject}: ${a} is not ${b}`);
}

/**
 * Returns the error that a call fails with. It must be an instance of the class.
 * @template {Error} E
 * @param {Promise<unknown>} call
 * @param {abstract new (...args: never[]) => E} Class
 * @returns {Promise<E>}
 */
async function failure(call, Class) {
  try {
    await call;
  } catch (error) {
    if (error instanceof Class) return error;
    throw error;
  }
  throw new Error('The call succeeded.');
}

/** Returns the answer of a counting model. @param {string} label @param {number} count */
const counted = (label, count) =>
  Array.from({ length: count }, (_, index) => `${label}.${index + 1} `).join('');

/**
 * Uses the SDK like its users, over a connection that is lost in the middle of answers.
 * @param {{ baseUrl: string, apiKey: string, label: string, count: number }} input
 * @returns a summary in one line.
 */
export async function check({ baseUrl, apiKey, label, count }) {
  /** @type {string[]} */
  const seen = [];
  const sb = new Switchboard({
    baseUrl,
    apiKey,
    onRequest(request) {
      seen.push(request.method);
    },
  });

  const chat = await sb.chats.create({ title: `Count ${label}` });
  equal((await sb.chats.get(chat.id)).title, `Count ${label}`, 'the title');
  equal((await sb.chats.update(chat.id, { pinned: true })).pinned, true, 'pinned');

  const others = await Promise.all(
    ['a', 'b', 'c'].map((title) => sb.chats.create({ title: `${label} ${title}` })),
  );
  /** @type {string[]} */
  const titles = [];
  for await (const { title } of sb.chats.list({ limit: 2, search: label })) titles.push(title);
  equal(titles.length, 4, 'all pages');
  equal(new Set(titles).size, 4, 'different chats');
  equal((await sb.chats.list({ limit: 1, search: label })).items.length, 1, 'one page');
  for (const { id } of others) await sb.chats.delete(id);

  /** @type {import('@switchboard/sdk').AnswerPart[]} */
  const parts = [];
  for await (const part of sb.chats.ask(chat.id, `count ${label}`)) parts.push(part);
  const text = parts.map((part) => (part.type === 'text-delta' ? part.delta : '')).join('');
  equal(text, counted(label, count), 'the answer');
  equal(parts.filter(({ type }) => type === 'start').length, 1, 'one start');
  equal(parts.at(-1)?.type, 'finish', 'the last part');
  const { items } = await sb.chats.messages(chat.id);
  equal(items.length, 2, 'messages');

  const run = sb.chats.ask(chat.id, `count ${label}-2`);
  for await (const part of run) if (part.type === 'text-delta') break;
  await run.stop();
  const written = await run.text();
  equal(counted(`${label}-2`, count).startsWith(written) && written.length > 0, true, 'the stopped answer');
  equal((await sb.chats.get(chat.id)).activeRunId, null, 'no active run');
  equal(await sb.chats.follow(chat.id).text(), '', 'nothing to follow');

  const missing = await failure(sb.chats.get('nobody'), NotFoundError);
  equal([missing.code, missing.status, missing.requestId.length > 0], ['NOT_FOUND', 404, true], 'its fields');
  const wrong = await failure(sb.chats.create({ title: 'two\nlines' }), InvalidInputError);
  equal(wrong.issues[0]?.pointer, '/title', 'its issue');
  await failure(new Switchboard({ baseUrl, apiKey: 'sb_wrong' }).users.me(), UnauthorizedError);

  const leaving = new AbortController();
  leaving.abort(new Error('leaving'));
  equal((await failure(sb.users.me({ signal: leaving.signal }), Error)).message, 'leaving', 'the reason');
  return `${seen.length} requests, ${parts.length} parts`;
}
