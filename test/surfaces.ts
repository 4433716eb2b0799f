import { createTRPCUntypedClient, httpBatchStreamLink, isTRPCClientError } from '@trpc/client';
import { isTrackedEnvelope } from '@trpc/server';
import superjson, { type SuperJSONResult } from 'superjson';
import { z } from 'zod';
import { toJson } from '#layer/encode/json';
import { toAppError } from '#server/errors';
import { type Api, callAs } from './caller.ts';
import { type Caller, localFetch } from './client.ts';
import { callRest, callRpc, type Endpoint } from './procedures.ts';
import type { ServedInstance } from './served.ts';
import { type ReceivedEvent, collect, toEvent } from './sse.ts';

/** What became of a call: what the caller got, as JSON has it, or why it was refused. */
export type Outcome = { result: unknown } | { refusal: z.output<typeof Rejection> };

/** A way to call a procedure of an instance. */
export type Surface = (
  instance: ServedInstance,
  as: Caller,
  endpoint: Endpoint,
  input: Record<string, unknown>,
) => Promise<Outcome>;

const Rejection = z.object({
  code: z.string(),
  detail: z.string(),
  issues: z.array(z.object({ pointer: z.string() })).default([]),
});
const RpcRefusal = z.object({ error: z.object({ json: z.object({ data: Rejection }) }) });
const isObject = (value: unknown) => typeof value === 'object' && value !== null;
const RpcResult = z.object({ result: z.object({ data: z.custom<SuperJSONResult>(isObject) }) });

/** A refusal without its words where they are about the form of the input: numbers are text in a query. */
function refused(data: unknown): Outcome {
  const refusal = Rejection.parse(data);
  return { refusal: refusal.code === 'INVALID_INPUT' ? { ...refusal, detail: '' } : refusal };
}

const done = (value: unknown): Outcome => ({
  result: value === undefined ? null : (JSON.parse(toJson(value)) as unknown),
});

const isStream = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/** The events of a subscription, or the document that pieces make. */
async function wholeOf(value: unknown): Promise<unknown> {
  if (!isStream(value)) return value;
  const items = await collect(value);
  if (items.every((item) => typeof item === 'string') && items.length > 0) return JSON.parse(items.join(''));
  return items.map((item) => (isTrackedEnvelope(item) ? { id: item[0], data: item[1] } : { data: item }));
}

const isProcedure = (value: unknown): value is (input: unknown) => Promise<unknown> =>
  typeof value === 'function';

const memberOf = (at: unknown, key: string): unknown => (isProcedure(at) ? Reflect.get(at, key) : undefined);

/** Calls a procedure in process, by its name. @returns what it gives; a stream's items are all there. */
export async function callByName(api: Api, name: string, input: unknown): Promise<unknown> {
  const procedure = name.split('.').reduce<unknown>(memberOf, api);
  if (!isProcedure(procedure)) throw new Error(`There is no ${name} to call.`);
  return wholeOf(await procedure(input));
}

const inProcess: Surface = async ({ deps }, as, { name }, input) => {
  try {
    return done(await callByName(callAs(deps, new Headers(as.headers)), name, input));
  } catch (error) {
    const { kind, message, options } = toAppError(error);
    return refused({ code: kind, detail: message, issues: options.issues });
  }
};

const eventsIn = (text: unknown): ReceivedEvent[] =>
  String(text)
    .split('\n\n')
    .map(toEvent)
    .filter((event) => event !== null)
    .filter(({ data }) => data !== '');

const overRpc: Surface = async ({ url }, as, endpoint, input) => {
  if (endpoint.rest.stream) return inPiecesOverRpc(url, as, endpoint, input);
  const { status, body } = await callRpc(as, endpoint, input);
  if (endpoint.type === 'subscription' && status === 200) {
    const events = eventsIn(body);
    const failure = events.find(({ event }) => event === 'serialized-error');
    if (failure) return refused(superjson.parse<{ data: unknown }>(failure.data).data);
    const values = events.filter(({ event }) => event === 'message');
    return done(values.map(({ id, data }) => ({ id, data: superjson.parse(data) })));
  }
  if (status !== 200) return refused(RpcRefusal.parse(body).error.json.data);
  return done(superjson.deserialize(RpcResult.parse(body).result.data));
};

/** tRPC has a form of its own for what comes in pieces, which its client reads. */
async function inPiecesOverRpc(
  url: string,
  { headers }: Caller,
  { name }: Endpoint,
  input: Record<string, unknown>,
): Promise<Outcome> {
  const link = httpBatchStreamLink({
    url: `${url}/api/trpc`,
    transformer: superjson,
    headers,
    fetch: localFetch,
  });
  try {
    return done(await wholeOf(await createTRPCUntypedClient({ links: [link] }).query(name, input)));
  } catch (error) {
    if (isTRPCClientError(error) && error.data) return refused(error.data);
    throw error;
  }
}

const overRest: Surface = async (_instance, as, endpoint, input) => {
  const { status, body } = await callRest(as, endpoint, input);
  if (status >= 400) return refused(body);
  if (!endpoint.rest.sse) return done(body);
  const values = eventsIn(body).filter(({ event }) => event === 'message');
  return done(values.map(({ id, data }) => ({ id, data: JSON.parse(data) as unknown })));
};

/** Every surface that a procedure can be called through. */
export const surfaces = { caller: inProcess, RPC: overRpc, REST: overRest };
