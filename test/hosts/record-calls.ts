import { admissionRule } from '#server/access';
import { caller, type Caller, until } from '#test/client';
import { ACTORS } from '#test/fixture';
import { createMask, type RawResponse } from '#test/hosts/masked';
import type { Person, Seed, Way } from '#test/hosts/seed';
import {
  type Call,
  type Endpoint,
  type Input,
  procedures,
  restRequest,
  rpcRequest,
  toSuperjson,
} from '#test/procedures';
import { samplesOf } from '#test/samples';

/** A call and its response. */
export interface Line {
  /** The procedure, or a description of the call. */
  about: string;
  way: Way;
  person: Person;
  call: string;
  response: RawResponse;
}

const WAYS = { RPC: rpcCall, REST: restRequest };
/** Seeds of the inputs, so that objects created in one way do not conflict with those of another. */
const SAMPLE: Record<Way, number> = { RPC: 3, REST: 4, batch: 5 };
/** The number of invalid inputs per procedure, way and person. */
const BAD_INPUTS = 2;
/** The most attempts to get a page of a search that did not end early. */
const MAX_ATTEMPTS = 20;
/** An empty page with a cursor. A search ends it early if it takes long, which depends on what else the machine does. */
const ENDED_EARLY = /"items\\?":\[\],"nextCursor\\?":\\?"/;
const STARTS_RUN = /^chat\.(send|regenerate|continue|edit)$/;
const isQuery = ({ type }: Endpoint) => type === 'query';
const isEnd = ({ name }: Endpoint) => name === 'protected.deleteAccount';

/** tRPC's own format for streamed responses, in which a call is a batch of one. */
function streamedCall({ name }: Endpoint, input: Input): Call {
  const text = encodeURIComponent(JSON.stringify({ 0: toSuperjson(input) }));
  return {
    path: `/api/trpc/${name}?batch=1&input=${text}`,
    init: { headers: { 'trpc-accept': 'application/jsonl' } },
  };
}

function rpcCall(endpoint: Endpoint, input: Input): Call {
  return endpoint.rest.stream ? streamedCall(endpoint, input) : rpcRequest(endpoint, toSuperjson(input));
}

/** The default of MAX_BATCH_CALLS. */
const MAX_CALLS = 20;

/** Several calls of one type in one request. */
function batchOf(type: Endpoint['type'], calls: [Endpoint, Input][]): Call {
  const names = calls.map(([{ name }]) => name).join(',');
  const inputs = Object.fromEntries(calls.map(([, input], index) => [index, toSuperjson(input)]));
  const { path, init } = rpcRequest({ name: names, type }, inputs);
  return { path: `${path}${path.includes('?') ? '&' : '?'}batch=1`, init };
}

async function responseTo(as: Caller, { path, init }: Call, requestId: string): Promise<RawResponse> {
  const headers = { 'accept-encoding': 'identity', ...Object.fromEntries(new Headers(init.headers)) };
  const response = await as.fetch(path, { ...init, headers: { ...headers, 'x-request-id': requestId } });
  return { status: response.status, headers: [...response.headers], body: await response.text() };
}

/**
 * Calls every procedure of a server as every person, in every way, with valid and with invalid input. The order and the
 * request ids are always the same.
 * @param since when the server got its data. Newer values are replaced by names (see createMask).
 */
export async function recordCalls(url: string, seed: Seed, since: number): Promise<Line[]> {
  const mask = createMask(since, seed.keys);
  const lines: Line[] = [];
  const as = (person: Person) => caller(url, seed.headersOf(person));

  async function send(about: string, way: Way, person: Person, call: Call): Promise<void> {
    const request = () => responseTo(as(person), call, `call-${lines.length + 1}`);
    let response = await request();
    for (let attempt = 1; attempt < MAX_ATTEMPTS && ENDED_EARLY.test(response.body); attempt++) {
      response = await request();
    }
    const { path, init } = call;
    const text = typeof init.body === 'string' ? ` ${init.body}` : '';
    lines.push({
      about,
      way,
      person,
      call: `${init.method ?? 'GET'} ${path}${text}`,
      response: mask(response),
    });
  }

  function validFor(endpoint: Endpoint, way: Way): Input {
    const known = Object.entries(seed.inputFor(endpoint, way)).filter(([name]) =>
      endpoint.inputFields.has(name),
    );
    const { valid } = samplesOf(endpoint, SAMPLE[way]);
    return { ...valid, ...Object.fromEntries(known) };
  }

  /** Waits until no answer is in progress, because the result of the next call could depend on it. */
  async function settle(endpoint: Endpoint, way: Way): Promise<void> {
    const { id } = seed.inputFor(endpoint, way);
    if (!STARTS_RUN.test(endpoint.name) || typeof id !== 'string') return;
    await until(
      () => as('user').rpc.chat.get.query({ id }),
      ({ activeRunId }) => activeRunId === null,
    );
  }

  async function callAll(
    endpoint: Endpoint,
    people: readonly Person[],
    way: keyof typeof WAYS,
  ): Promise<void> {
    const toCall = WAYS[way];
    const valid = validFor(endpoint, way);
    for (const person of people) {
      await send(endpoint.name, way, person, toCall(endpoint, valid));
      await settle(endpoint, way);
    }
  }

  async function rejectAll(endpoint: Endpoint, way: keyof typeof WAYS): Promise<void> {
    for (const person of ['nobody', 'user', 'admin'] as const) {
      for (const input of samplesOf(endpoint).bad.slice(0, BAD_INPUTS))
        await send(endpoint.name, way, person, WAYS[way](endpoint, input));
    }
  }

  async function callQueries(): Promise<void> {
    const queries = procedures.filter(({ type }) => type !== 'mutation');
    for (const endpoint of queries) {
      await callAll(endpoint, ACTORS, 'RPC');
      await callAll(endpoint, ACTORS, 'REST');
    }
    const together = queries.filter((endpoint) => isQuery(endpoint) && !endpoint.rest.stream);
    for (const person of ACTORS) {
      const calls = together.map((endpoint): [Endpoint, Input] => [endpoint, validFor(endpoint, 'batch')]);
      for (const batch of [calls.slice(0, MAX_CALLS), calls.slice(MAX_CALLS)]) {
        await send('a batch of queries', 'batch', person, batchOf('query', batch));
      }
    }
  }

  for (const coding of ['gzip', 'br', 'br, gzip']) {
    const init = { headers: { 'accept-encoding': coding } };
    await send('a long response, compressed', 'REST', 'admin', { path: '/api/v1/users?limit=100', init });
  }
  for (const endpoint of procedures) {
    await rejectAll(endpoint, 'RPC');
    await rejectAll(endpoint, 'REST');
  }
  await callQueries();
  const mutations = procedures.filter((endpoint) => endpoint.type === 'mutation' && !isEnd(endpoint));
  for (const endpoint of mutations) {
    await callAll(endpoint, ACTORS, 'RPC');
    await callAll(endpoint, ACTORS, 'REST');
    for (const person of [
      'nobody',
      admissionRule(endpoint.name, endpoint.procedure).access === 'admin' ? 'admin' : 'user',
    ] as const) {
      const [bad = {}] = samplesOf(endpoint).bad;
      const calls: [Endpoint, Input][] = [
        [endpoint, validFor(endpoint, 'batch')],
        [endpoint, bad],
      ];
      await send(endpoint.name, 'batch', person, batchOf('mutation', calls));
      await settle(endpoint, 'batch');
    }
  }
  await callQueries();
  for (const endpoint of procedures.filter(isEnd)) {
    await callAll(endpoint, ['nobody', 'readKey', 'leaver', 'leaver'], 'REST');
    await callAll(endpoint, ACTORS, 'RPC');
  }
  return lines;
}
