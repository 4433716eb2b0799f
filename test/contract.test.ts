import { describe, expect, test } from '@jest/globals';
import { checked, ContractViolation } from './contract.ts';
import { collect, eventsOf } from './sse.ts';

const ID = '019ab1c2-7d3e-7f00-8000-5f0c6a1d2e3f';
const AT = '2026-01-31T09:30:00.000Z';
const CHAT = {
  id: ID,
  title: 'Plans',
  model: null,
  pinned: false,
  archived: false,
  createdAt: AT,
  updatedAt: AT,
  activeAt: AT,
  activeRunId: null,
};
const PROBLEM = {
  type: 'about:blank',
  title: 'Not found',
  status: 404,
  detail: 'No such chat.',
  code: 'NOT_FOUND',
  retryable: false,
  requestId: 'x',
};

interface Call {
  call?: string;
  as?: Record<string, string>;
  sent?: unknown;
  status?: number;
  headers?: Record<string, string>;
  answer?: unknown;
}

/** Holds a call against the document that is right but for what `change` says. */
async function hold(change: Call) {
  const {
    call = `GET /chats/${ID}`,
    as = { cookie: 'x' },
    sent,
    status = 200,
    headers,
    answer = CHAT,
  } = change;
  const [method = '', path = ''] = call.split(' ');
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  const request = { method, path, headers: new Headers({ ...as, 'content-type': 'application/json' }) };
  const body = sent === undefined ? undefined : JSON.stringify(sent);
  const text = answer === null ? null : typeof answer === 'string' ? answer : JSON.stringify(answer);
  return checked(
    { ...request, body },
    new Response(text, { status, headers: { 'content-type': type, ...headers } }),
  );
}

const create = (change: Call): Call => ({
  call: 'POST /chats',
  sent: { title: 'Plans' },
  status: 201,
  headers: { location: `/api/v1/chats/${ID}` },
  ...change,
});

describe('a call that is as the document says', () => {
  test.each<[string, Call]>([
    ['is read', {}],
    ['makes something', create({})],
    [
      'lists with a query',
      { call: 'GET /chats?limit=5&archived=true', answer: { items: [CHAT], nextCursor: null } },
    ],
    ['ends something', { call: `DELETE /chats/${ID}`, status: 204, answer: null }],
    ['is refused', { status: 404, answer: PROBLEM }],
    ['finds nothing there', { call: 'GET /nothing', status: 404, answer: PROBLEM }],
    [
      'has a method that is not there',
      { call: 'PUT /chats', status: 405, answer: { ...PROBLEM, status: 405, code: 'METHOD_NOT_ALLOWED' } },
    ],
    ['has a key', { as: { authorization: 'Bearer x' } }],
    ['asks for the headers alone', { call: `HEAD /chats/${ID}`, answer: null }],
  ])('passes: it %s', async (_what, call) => {
    const response = await hold(call);
    expect(await response.text()).toBe(call.answer === null ? '' : JSON.stringify(call.answer ?? CHAT));
  });
});

describe('a violation is', () => {
  test.each<[string, Call, RegExp]>([
    ['an answer without a field', { answer: { ...CHAT, title: undefined } }, /required property 'title'/],
    ['an answer of another type', { answer: { ...CHAT, pinned: 'no' } }, /pinned must be boolean/],
    ['a status that is not described', { status: 202 }, /no such answer is described/],
    ['an error status that is not described', { status: 413, answer: PROBLEM }, /no such answer/],
    [
      'a code of another status',
      { status: 404, answer: { ...PROBLEM, code: 'CONFLICT' } },
      /code must be equal/,
    ],
    ['another media type', { headers: { 'content-type': 'text/html' } }, /type of the answer is text\/html/],
    ['a missing header', create({ headers: {} }), /the header Location is missing/],
    [
      'a body that was taken where none is described',
      create({ call: `DELETE /chats/${ID}`, status: 204, answer: null }),
      /was taken/,
    ],
    ['a body that was taken though it is wrong', create({ sent: { title: 1 } }), /title must be string/],
    ['a field that was taken though it is unknown', create({ sent: { name: 'x' } }), /additional properties/],
    [
      'a parameter that was taken though it is wrong',
      { call: 'GET /chats?limit=0' },
      /limit: it must be >= 1/,
    ],
    [
      'a parameter that was taken though it is unknown',
      { call: `GET /chats/${ID}?x=1` },
      /x is not described/,
    ],
    ['a caller who was let in without a word', { as: {} }, /allowed to a caller with nothing/],
    [
      'an API key that was let in where only a session should be',
      { call: 'GET /protected/sessions', as: { authorization: 'Bearer x' }, answer: { items: [] } },
      /allowed to a caller with the scheme apiKey/,
    ],
    ['a path that is not described', { call: 'GET /nothing' }, /no such answer is described/],
    ['a method that is not described', { call: 'PUT /chats' }, /no such answer is described/],
  ])('%s', async (_what, call, message) => {
    await expect(hold(call)).rejects.toThrow(ContractViolation);
    await expect(hold(call)).rejects.toThrow(message);
  });

  test('an event that is not described, when it comes', async () => {
    const stream = (events: string) =>
      hold({
        call: `GET /chats/${ID}/stream`,
        headers: { 'content-type': 'text/event-stream' },
        answer: events,
      });
    const good = ': open\n\nid: 1\ndata: [{"type":"start"}]\n\n';
    const events = await collect(eventsOf(await stream(`${good}event: done\ndata: {}\n\n`)));
    expect(events.map(({ event }) => event)).toEqual(['message', 'done']);
    for (const bad of ['event: news\ndata: {}\n\n', 'id: 2\ndata: {"type":"start"}\n\n']) {
      await expect(collect(eventsOf(await stream(good + bad)))).rejects.toThrow(ContractViolation);
    }
  });
});
