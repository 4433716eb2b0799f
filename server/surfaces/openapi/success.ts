import { z } from 'zod';
import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi';
import { piecesOf } from '#contract/iterable';
import { ProblemSchema } from '#contract/problem';
import type { Endpoint } from '../rest/endpoint.ts';
import type { Schema } from '../rest/schema.ts';
import { headersOfNotModified, headersOfSuccess } from './headers.ts';
import type { Semantics } from './semantics.ts';

/** How a client reads an event stream; OpenAPI 3.1 has a schema for the whole body only, so this says that it is one event's. */
const SSE_HELP =
  'Server-sent events; the schema is that of each event, with its `data`, which is JSON, parsed. `id`, where given, is ' +
  'what to send as `Last-Event-ID` to go on after a cut connection. The stream ends with `event: done`, or with ' +
  '`event: error` whose `data` is a problem document; where it ends without one of them, the connection was cut. ' +
  'Lines that start with a colon keep it open.';

const DESCRIPTIONS: Record<number, string> = {
  200: 'Done.',
  201: 'Created; `Location` says where it is.',
  202: 'Accepted; the work goes on.',
  204: 'Done; there is nothing to say about it.',
};

/** The answers of an endpoint to a call that succeeded. */
export function successOf(endpoint: Endpoint, semantics: Semantics): ZodOpenApiResponsesObject {
  const { status, produces, rest, openapi } = endpoint;
  const response: ZodOpenApiResponseObject = {
    description: openapi.successDescription ?? (rest.sse ? SSE_HELP : (DESCRIPTIONS[status] ?? 'Done.')),
    headers: headersOfSuccess(endpoint, semantics.headers),
    ...(produces !== null && { content: { [produces]: { schema: bodyOf(endpoint) } } }),
  };
  return {
    ...Object.fromEntries([[String(status), response]]),
    ...(semantics.statuses.includes(304) && { 304: NOT_MODIFIED }),
  };
}

const NOT_MODIFIED: ZodOpenApiResponseObject = {
  id: 'NotModified',
  description: 'It is as you have it: `If-None-Match` names its `ETag`.',
  headers: headersOfNotModified(),
};

function bodyOf({ name, output, rest }: Endpoint): Schema {
  const pieces = output ? piecesOf(output) : undefined;
  if (rest.sse) return eventOf(name, pieces?.item ?? z.unknown());
  return (rest.stream ? pieces?.whole : output) ?? z.unknown();
}

/** The schema of the events of a subscription: `chat.stream` has `ChatStreamEvent`. */
function eventOf(name: string, item: Schema): Schema {
  const words = name.split('.').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  const id = z.string().exactOptional();
  return z
    .union([
      z.object({
        id: id.meta({ description: 'Where to go on after a cut connection.', examples: ['1'] }),
        event: z.literal('message').exactOptional().meta({ description: 'May be left out.' }),
        data: item,
      }),
      z.object({ event: z.literal('done'), data: z.object({}) }),
      z.object({ event: z.literal('error'), data: ProblemSchema }),
    ])
    .meta({ id: `${words.join('')}Event`, description: `A server-sent event of ${name}.` });
}
