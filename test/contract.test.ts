import { describe, expect, test } from '@jest/globals';
import { checkContract, ContractViolation } from './contract.ts';
import { collect, eventsOf } from './sse.ts';

const ID = '019ab1c2-7d3e-7f00-8000-5f0c6a1d2e3f';
const AT = '2026-01-31T09:30:00.000Z';
const CHAT = {
  id: ID,
  title: 'Plans',
  model: null,
  instructions: '',
  temperature: null,
  projectId: null,
  pinned: false,
  archived: false,
  temporary: false,
  createdAt: AT,
  updatedAt: AT,
  activeAt: AT,
  activeRunId: null,
};
const PROBLEM = {
  type: '/docs/errors/NOT_FOUND',
  title: 'Not found',
  status: 404,
  detail: 'No such chat.',
  code: 'NOT_FOUND',
  retryable: false,
  requestId: 'x',
};

interface Exchange {
  operation?: string;
  as?: Record<string, string>;
  sent?: unknown;
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
}

/** Checks a request and its response, which are valid except for the fields of `change`. */
async function check(change: Exchange) {
  const {
    operation = `GET /chats/${ID}`,
    as = { cookie: 'x' },
    sent,
    status = 200,
    headers,
    body = CHAT,
  } = change;
  const [method = '', path = ''] = operation.split(' ');
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  const request = { method, path, headers: new Headers({ ...as, 'content-type': 'application/json' }) };
  const text = body === null ? null : typeof body === 'string' ? body : JSON.stringify(body);
  return checkContract(
    { ...request, body: sent === undefined ? undefined : JSON.stringify(sent) },
    new Response(text, { status, headers: { 'content-type': type, ...headers } }),
  );
}

const create = (change: Exchange): Exchange => ({
  operation: 'POST /chats',
  sent: { title: 'Plans' },
  status: 201,
  headers: { location: `/api/v1/chats/${ID}` },
  ...change,
});

describe('the contract check accepts', () => {
  test.each<[string, Exchange]>([
    ['a resource', {}],
    ['a created resource', create({})],
    [
      'a list with a query',
      { operation: 'GET /chats?limit=5&archived=true', body: { items: [CHAT], nextCursor: null } },
    ],
    ['a deletion', { operation: `DELETE /chats/${ID}`, status: 204, body: null }],
    ['an error', { status: 404, body: PROBLEM }],
    ['an unknown path', { operation: 'GET /nothing', status: 404, body: PROBLEM }],
    [
      'an unsupported method',
      { operation: 'PUT /chats', status: 405, body: { ...PROBLEM, status: 405, code: 'METHOD_NOT_ALLOWED' } },
    ],
    ['an API key', { as: { authorization: 'Bearer x' } }],
    ['a HEAD request', { operation: `HEAD /chats/${ID}`, body: null }],
  ])('%s', async (_name, exchange) => {
    const response = await check(exchange);
    expect(await response.text()).toBe(exchange.body === null ? '' : JSON.stringify(exchange.body ?? CHAT));
  });
});

describe('the contract check rejects', () => {
  test.each<[string, Exchange, RegExp]>([
    ['a response without a field', { body: { ...CHAT, title: undefined } }, /required property 'title'/],
    ['a field of another type', { body: { ...CHAT, pinned: 'no' } }, /pinned must be boolean/],
    ['a status that is not described', { status: 202 }, /no such response is described/],
    ['an error status that is not described', { status: 413, body: PROBLEM }, /no such response/],
    [
      'a code of another status',
      { status: 404, body: { ...PROBLEM, code: 'CONFLICT' } },
      /code must be equal/,
    ],
    [
      'a code that only other operations name',
      {
        operation: 'PATCH /chats/x',
        sent: {},
        status: 409,
        body: { ...PROBLEM, status: 409, code: 'RUN_ACTIVE' },
      },
      /does not name RUN_ACTIVE/,
    ],
    ['another media type', { headers: { 'content-type': 'text/html' } }, /media type is text\/html/],
    ['a missing header', create({ headers: {} }), /the header Location is missing/],
    [
      'an accepted body if none is described',
      create({ operation: `DELETE /chats/${ID}`, status: 204, body: null }),
      /was accepted/,
    ],
    ['an accepted body that is invalid', create({ sent: { title: 1 } }), /title must be string/],
    ['an accepted field that is unknown', create({ sent: { name: 'x' } }), /additional properties/],
    ['an accepted parameter that is invalid', { operation: 'GET /chats?limit=0' }, /limit: it must be >= 1/],
    ['an accepted parameter that is unknown', { operation: `GET /chats/${ID}?x=1` }, /x is not described/],
    ['an accepted caller without a credential', { as: {} }, /a caller without a credential was accepted/],
    [
      'an accepted API key if only a session is allowed',
      { operation: 'GET /protected/sessions', as: { authorization: 'Bearer x' }, body: { items: [] } },
      /a caller with the scheme apiKey was accepted/,
    ],
    ['a path that is not described', { operation: 'GET /nothing' }, /no such response is described/],
    ['a method that is not described', { operation: 'PUT /chats' }, /no such response is described/],
  ])('%s', async (_name, exchange, message) => {
    await expect(check(exchange)).rejects.toThrow(ContractViolation);
    await expect(check(exchange)).rejects.toThrow(message);
  });

  test('an event that is not described, as soon as it arrives', async () => {
    const stream = (events: string) =>
      check({
        operation: `GET /chats/${ID}/stream`,
        headers: { 'content-type': 'text/event-stream' },
        body: events,
      });
    const good = ': open\n\nid: 1\ndata: [{"type":"start"}]\n\n';
    const events = await collect(eventsOf(await stream(`${good}event: done\ndata: {}\n\n`)));
    expect(events.map(({ event }) => event)).toEqual(['message', 'done']);
    for (const bad of ['event: news\ndata: {}\n\n', 'id: 2\ndata: {"type":"start"}\n\n']) {
      await expect(collect(eventsOf(await stream(good + bad)))).rejects.toThrow(ContractViolation);
    }
  });
});
