import { z } from 'zod';
import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi';
import type { Endpoint } from '../rest/endpoint.ts';
import { LINES_TYPE } from '../rest/streaming.ts';
import { mayBeUndefined, type Schema } from '../schema/schema.ts';
import { streamSchemasOf } from '../stream/iterable.ts';
import { headersOfNotModified, headersOfSuccess } from './headers.ts';
import type { Semantics } from './semantics.ts';
import type { Wire } from './wire.ts';

/** How a client reads an event stream; OpenAPI 3.1 has a schema for the whole body only, so this says that it is one event's. */
const SSE_HELP =
  'Server-sent events; the schema is that of each event, with its `data`, which is JSON, parsed. `id`, where given, is ' +
  'what to send as `Last-Event-ID` to go on after a cut connection. The stream ends with `event: done`, or with ' +
  '`event: error` whose `data` is a problem document; where it ends without one of them, the connection was cut. ' +
  'Lines that start with a colon keep it open. To those who accept `application/x-ndjson` the same comes as a line of ' +
  'JSON each, with `{"event":"open"}` first and `{"event":"heartbeat"}` to keep it open.';

const DESCRIPTIONS: Record<number, string> = {
  200: 'Done.',
  201: 'Created; `Location` says where it is.',
  202: 'Accepted; the work goes on.',
  204: 'Done; there is nothing to say about it.',
};

/** What a success is described with. */
interface DescribedSuccess {
  semantics: Semantics;
  wire: Wire;
  restPath: string;
  problemSchema: Schema;
}

/** The answers of an endpoint to a call that succeeded. */
export function successOf(endpoint: Endpoint, described: DescribedSuccess): ZodOpenApiResponsesObject {
  const { semantics } = described;
  const { status, produces, rest, openapi } = endpoint;
  const response: ZodOpenApiResponseObject = {
    description: openapi.successDescription ?? (rest.sse ? SSE_HELP : (DESCRIPTIONS[status] ?? 'Done.')),
    headers: headersOfSuccess(endpoint, semantics.headers, described),
    ...(produces !== null && { content: contentOf(endpoint, produces, described) }),
  };
  return {
    ...Object.fromEntries([[String(status), response]]),
    // With another status, an answer without a value has that status and no body.
    ...(status === 200 && mayBeEmpty(endpoint) && { 204: nothingOf(endpoint, described) }),
    ...(semantics.statuses.includes(304) && { 304: NOT_MODIFIED }),
  };
}

/** True if a procedure may return nothing where it could return something. */
const mayBeEmpty = ({ produces, rest, output }: Endpoint) =>
  produces !== null && !rest.sse && !rest.stream && (output === null || mayBeUndefined(output));

const nothingOf = (endpoint: Endpoint, described: DescribedSuccess): ZodOpenApiResponseObject => ({
  description: DESCRIPTIONS[204] ?? '',
  headers: headersOfSuccess(endpoint, [], described),
});

const NOT_MODIFIED: ZodOpenApiResponseObject = {
  id: 'NotModified',
  description: 'It is as you have it: `If-None-Match` names its `ETag`.',
  headers: headersOfNotModified(),
};

/** The schema of what an endpoint sends: of each piece in an event stream, else of the whole. */
export function sentBy({ output, rest }: Endpoint): Schema {
  const pieces = output ? streamSchemasOf(output) : undefined;
  if (rest.sse) return pieces?.item ?? z.unknown();
  return (rest.stream ? pieces?.whole : output) ?? z.unknown();
}

/** The media types of a success, each with its schema. */
function contentOf(
  endpoint: Endpoint,
  produces: string,
  { wire, problemSchema }: DescribedSuccess,
): Record<string, { schema: Schema }> {
  const { name, rest } = endpoint;
  const schema = wire(sentBy(endpoint));
  if (!rest.sse) return { [produces]: { schema } };
  const event = eventOf(name, schema, problemSchema);
  return { [produces]: { schema: event }, [LINES_TYPE]: { schema: lineOf(name, event) } };
}

/** `things.watch` has `ThingsWatch`. */
const typeName = (name: string) =>
  name
    .split('.')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** The schema of the lines that stand for the events of a subscription: `things.watch` has `ThingsWatchLine`. */
function lineOf(name: string, event: Schema): Schema {
  const sign = z.object({ event: z.enum(['open', 'heartbeat']) });
  return z
    .union([event, sign])
    .meta({ id: `${typeName(name)}Line`, description: `An event of ${name} as a line of JSON.` });
}

/** The schema of the events of a subscription: `things.watch` has `ThingsWatchEvent`. */
function eventOf(name: string, item: Schema, problemSchema: Schema): Schema {
  const id = z.string().exactOptional();
  return z
    .union([
      z.object({
        id: id.meta({ description: 'Where to go on after a cut connection.', examples: ['1'] }),
        event: z.literal('message').exactOptional().meta({ description: 'May be left out.' }),
        data: item,
      }),
      z.object({ event: z.literal('done'), data: z.object({}) }),
      z.object({ event: z.literal('error'), data: problemSchema }),
    ])
    .meta({ id: `${typeName(name)}Event`, description: `A server-sent event of ${name}.` });
}
