// @ts-nocheck: it runs where the packed SDK is installed, in every runtime that has fetch.
import { InvalidInputError, NotFoundError, Switchboard, UnauthorizedError } from '@switchboard/sdk';

function equal(actual, expected, what) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: ${a} is not ${b}`);
}

async function failure(call) {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error('The call succeeded.');
}

/** What a model that counts says. */
const counted = (label, count) =>
  Array.from({ length: count }, (_, index) => `${label}.${index + 1} `).join('');

/**
 * Uses the SDK as its users do, over a connection that is cut in the middle of answers.
 * @returns what was done, in a line.
 */
export async function check({ baseUrl, apiKey, label, count }) {
  const seen = [];
  const sb = new Switchboard({
    baseUrl,
    apiKey,
    onRequest: (request) => void seen.push(request.method),
  });

  const chat = await sb.chats.create({ title: `Count ${label}` });
  equal((await sb.chats.get(chat.id)).title, `Count ${label}`, 'the title');
  equal((await sb.chats.update(chat.id, { pinned: true })).pinned, true, 'pinned');

  const others = await Promise.all(
    ['a', 'b', 'c'].map((title) => sb.chats.create({ title: `${label} ${title}` })),
  );
  const titles = [];
  for await (const { title } of sb.chats.list({ limit: 2, search: label })) titles.push(title);
  equal(titles.length, 4, 'all pages');
  equal(new Set(titles).size, 4, 'different chats');
  equal((await sb.chats.list({ limit: 1, search: label })).items.length, 1, 'one page');
  for (const { id } of others) equal(await sb.chats.delete(id), undefined, 'deleted');

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
  equal(counted(`${label}-2`, count).startsWith(written) && written.length > 0, true, 'what was written');
  equal((await sb.chats.get(chat.id)).activeRunId, null, 'no active run');
  equal(await sb.chats.follow(chat.id).text(), '', 'nothing to follow');

  const missing = await failure(sb.chats.get('nobody'));
  equal(missing instanceof NotFoundError, true, 'a NotFoundError');
  equal([missing.code, missing.status, missing.requestId.length > 0], ['NOT_FOUND', 404, true], 'its fields');
  const wrong = await failure(sb.chats.create({ title: 7 }));
  equal(wrong instanceof InvalidInputError, true, 'an InvalidInputError');
  equal(wrong.issues[0].pointer, '/title', 'its issue');
  const stranger = await failure(new Switchboard({ baseUrl, apiKey: 'sb_wrong' }).users.me());
  equal(stranger instanceof UnauthorizedError, true, 'an UnauthorizedError');

  const leaving = new AbortController();
  leaving.abort(new Error('leaving'));
  equal((await failure(sb.users.me({ signal: leaving.signal }))).message, 'leaving', 'the reason');
  return `${seen.length} requests, ${parts.length} parts`;
}
