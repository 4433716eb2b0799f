import { ProtocolError } from '@modelcontextprotocol/client';
import { createTRPCUntypedClient, httpBatchStreamLink, isTRPCClientError } from '@trpc/client';
import { isTrackedEnvelope } from '@trpc/server';
import superjson, { type SuperJSONResult } from 'superjson';
import { z } from 'zod';
import { toJson } from '#layer/testing/index';
import { toAppError } from '#server/errors';
import { type Api, callAs } from './caller.ts';
import { type Caller, localFetch } from './client.ts';
import { connectMcp, ERAS } from './mcp-client.ts';
import { callRest, callRpc, type Endpoint } from './procedures.ts';
import type { ServedInstance } from './served.ts';
import { collect, type ReceivedEvent, toEvent } from './sse.ts';

/** The outcome of a call: its result as JSON, or its error. */
export type Outcome = { result: unknown } | { rejection: z.output<typeof Rejection> };

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
const RpcRejection = z.object({ error: z.object({ json: z.object({ data: Rejection }) }) });
const isObject = (value: unknown) => typeof value === 'object' && value !== null;
const RpcResult = z.object({ result: z.object({ data: z.custom<SuperJSONResult>(isObject) }) });

/** Returns an error. Omits the detail of invalid input, which differs between surfaces: numbers are text in a query. */
function rejected(data: unknown): Outcome {
  const rejection = Rejection.parse(data);
  return { rejection: rejection.code === 'INVALID_INPUT' ? { ...rejection, detail: '' } : rejection };
}

const succeeded = (value: unknown): Outcome => ({
  result: value === undefined ? null : (JSON.parse(toJson(value)) as unknown),
});

const isStream = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/** Returns all events of a subscription, or the document that the chunks of a stream form. */
async function collected(value: unknown): Promise<unknown> {
  if (!isStream(value)) return value;
  const items = await collect(value);
  if (items.every((item) => typeof item === 'string') && items.length > 0) return JSON.parse(items.join(''));
  return items.map((item) => (isTrackedEnvelope(item) ? { id: item[0], data: item[1] } : { data: item }));
}

const isProcedure = (value: unknown): value is (input: unknown) => Promise<unknown> =>
  typeof value === 'function';

const memberOf = (at: unknown, key: string): unknown => (isProcedure(at) ? Reflect.get(at, key) : undefined);

/** Calls a procedure in process by its name. @returns its result; all items if it is a stream. */
export async function callByName(api: Api, name: string, input: unknown): Promise<unknown> {
  const procedure = name.split('.').reduce<unknown>(memberOf, api);
  if (!isProcedure(procedure)) throw new Error(`There is no procedure ${name}.`);
  return collected(await procedure(input));
}

const inProcess: Surface = async ({ deps }, as, { name }, input) => {
  try {
    return succeeded(await callByName(callAs(deps, new Headers(as.headers)), name, input));
  } catch (error) {
    const { kind, message, options } = toAppError(error);
    return rejected({ code: kind, detail: message, issues: options.issues });
  }
};

const eventsIn = (text: unknown): ReceivedEvent[] =>
  String(text)
    .split('\n\n')
    .map(toEvent)
    .filter((event) => event !== null)
    .filter(({ data }) => data !== '');

const overRpc: Surface = async ({ url }, as, endpoint, input) => {
  if (endpoint.rest.stream) return streamedOverRpc(url, as, endpoint, input);
  const { status, body } = await callRpc(as, endpoint, input);
  if (endpoint.type === 'subscription' && status === 200) {
    const events = eventsIn(body);
    const failure = events.find(({ event }) => event === 'serialized-error');
    if (failure) return rejected(superjson.parse<{ data: unknown }>(failure.data).data);
    const values = events.filter(({ event }) => event === 'message');
    return succeeded(values.map(({ id, data }) => ({ id, data: superjson.parse(data) })));
  }
  if (status !== 200) return rejected(RpcRejection.parse(body).error.json.data);
  return succeeded(superjson.deserialize(RpcResult.parse(body).result.data));
};

/** Calls a procedure with a streamed output by tRPC's client, because tRPC has its own format for such responses. */
async function streamedOverRpc(
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
    return succeeded(await collected(await createTRPCUntypedClient({ links: [link] }).query(name, input)));
  } catch (error) {
    if (isTRPCClientError(error) && error.data) return rejected(error.data);
    throw error;
  }
}

const overRest: Surface = async (_instance, as, endpoint, input) => {
  const { status, body } = await callRest(as, endpoint, input);
  if (status >= 400) return rejected(body);
  if (!endpoint.rest.sse) return succeeded(body);
  const values = eventsIn(body).filter(({ event }) => event === 'message');
  return succeeded(values.map(({ id, data }) => ({ id, data: JSON.parse(data) as unknown })));
};

const ToolResult = z.object({
  isError: z.boolean().optional(),
  structuredContent: z.unknown().optional(),
  content: z.array(z.object({ text: z.string() })),
  _meta: z.object({ error: z.unknown() }).partial().optional(),
});

/** Returns structured content without the object that clients before 2026-07-28 need around other values. */
function unwrapped(content: unknown): unknown {
  const { success, data } = z.strictObject({ result: z.unknown() }).safeParse(content);
  return success ? data.result : content;
}

const eras = Object.keys(ERAS);
let calls = 0;

/**
 * Calls a procedure as a tool, alternately by each revision of the protocol. Callers without a key, and procedures that
 * are no tools, are called in process.
 */
const overMcp: Surface = async (instance, as, endpoint, input) => {
  if (as.headers['authorization'] === undefined) return inProcess(instance, as, endpoint, input);
  const client = await connectMcp(`${instance.url}/api/mcp`, {
    era: eras[calls++ % eras.length] ?? '',
    headers: as.headers,
  });
  const name = endpoint.name.replaceAll('.', '_');
  try {
    const called = await client.callTool({ name, arguments: input });
    const { isError, structuredContent, _meta } = ToolResult.parse(called);
    return isError ? rejected(_meta?.error) : succeeded(unwrapped(structuredContent));
  } catch (error) {
    if (error instanceof ProtocolError && error.message === `There is no tool ${name}.`) {
      return await inProcess(instance, as, endpoint, input);
    }
    throw error;
  } finally {
    await client.close();
  }
};

/** The surfaces on which a procedure can be called. */
export const surfaces = { caller: inProcess, RPC: overRpc, REST: overRest, MCP: overMcp };
