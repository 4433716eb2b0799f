import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi';
import type { Endpoint } from '../rest/endpoint.ts';
import { LINES_TYPE } from '../rest/streaming.ts';
import {
  annotated,
  enumOf,
  literalOf,
  objectOf,
  optionalOf,
  stringOf,
  unionOf,
  unknownOf,
} from '../schema/build.ts';
import { mayBeUndefined, type Schema } from '../schema/schema.ts';
import { streamSchemasOf } from '../stream/iterable.ts';
import { headersOfNotModified, headersOfSuccess } from './headers.ts';
import type { Semantics } from './semantics.ts';
import type { Wire } from './wire.ts';

/**
 * Explains how to read an event stream. In OpenAPI 3.1, a schema describes the whole body, so this text says that it
 * describes one event.
 */
const SSE_HELP =
  'Server-sent events. The schema describes each event, with its `data` parsed as JSON. If the connection drops, ' +
  'reconnect with the last `id` as `Last-Event-ID` to resume. The stream ends with `event: done`, or with ' +
  '`event: error`, whose `data` is a problem document. If it ends without one of them, the connection was lost. ' +
  'Lines that start with a colon keep the connection open. A client that accepts `application/x-ndjson` gets each ' +
  'event as a line of JSON. The first line is then `{"event":"open"}`, and `{"event":"heartbeat"}` keeps the ' +
  'connection open.';

const DESCRIPTIONS: Record<number, string> = {
  200: 'OK.',
  201: 'Created. See `Location`.',
  202: 'Accepted, still running.',
  204: 'OK, without a body.',
};

/** The parts that the description of a success response needs. */
interface DescribedSuccess {
  semantics: Semantics;
  wire: Wire;
  restPath: string;
  problemSchema: Schema;
}

/** Returns the responses of an endpoint to a successful request. */
export function successOf(endpoint: Endpoint, described: DescribedSuccess): ZodOpenApiResponsesObject {
  const { semantics } = described;
  const { status, produces, rest, openapi } = endpoint;
  const response: ZodOpenApiResponseObject = {
    description: openapi.successDescription ?? (rest.sse ? SSE_HELP : (DESCRIPTIONS[status] ?? 'OK.')),
    headers: headersOfSuccess(endpoint, [...semantics.common, ...semantics.headers], described),
    ...(produces !== null && { content: contentOf(endpoint, produces, described) }),
  };
  return {
    ...Object.fromEntries([[String(status), response]]),
    // With any other status, a response without a value keeps that status and has no body.
    ...(status === 200 && mayBeEmpty(endpoint) && { 204: nothingOf(endpoint, described) }),
    ...(semantics.statuses.includes(304) && { 304: NOT_MODIFIED }),
  };
}

/** True if a procedure may return either a value or nothing. */
const mayBeEmpty = ({ produces, rest, output }: Endpoint) =>
  produces !== null && !rest.sse && !rest.stream && (output === null || mayBeUndefined(output));

const nothingOf = (endpoint: Endpoint, described: DescribedSuccess): ZodOpenApiResponseObject => ({
  description: DESCRIPTIONS[204] ?? '',
  headers: headersOfSuccess(endpoint, described.semantics.common, described),
});

const NOT_MODIFIED: ZodOpenApiResponseObject = {
  id: 'NotModified',
  description: 'Not modified: `If-None-Match` names the current `ETag`.',
  headers: headersOfNotModified(),
};

/** Returns the schema of what an endpoint sends: of each item in an event stream, otherwise of the whole body. */
export function sentBy({ output, rest }: Endpoint): Schema {
  const schemas = output ? streamSchemasOf(output) : undefined;
  if (rest.sse) return schemas?.item ?? unknownOf();
  return (rest.stream ? schemas?.whole : output) ?? unknownOf();
}

/** Returns the media types of a success response, each with its schema. */
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

/** Converts a procedure name to a type name: `things.watch` becomes `ThingsWatch`. */
const typeName = (name: string) =>
  name
    .split('.')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** Returns the schema of the JSON lines of a subscription. For `things.watch`, its name is `ThingsWatchLine`. */
function lineOf(name: string, event: Schema): Schema {
  const control = objectOf({ event: enumOf(['open', 'heartbeat']) });
  return annotated(unionOf([event, control]), {
    id: `${typeName(name)}Line`,
    description: `An event of ${name} as a line of JSON.`,
  });
}

/** Returns the schema of the events of a subscription. For `things.watch`, its name is `ThingsWatchEvent`. */
function eventOf(name: string, item: Schema, problemSchema: Schema): Schema {
  const id = annotated(optionalOf(stringOf()), {
    description: 'The position to resume from after a lost connection. Send it as `Last-Event-ID`.',
    examples: ['1'],
  });
  const message = annotated(optionalOf(literalOf('message')), { description: 'May be omitted.' });
  const events = unionOf([
    objectOf({ id, event: message, data: item }),
    objectOf({ event: literalOf('done'), data: objectOf({}) }),
    objectOf({ event: literalOf('error'), data: problemSchema }),
  ]);
  return annotated(events, {
    id: `${typeName(name)}Event`,
    description: `A server-sent event of ${name}.`,
  });
}
