import { z } from 'zod';
import type {
  oas31,
  ZodOpenApiOperationObject,
  ZodOpenApiResponseObject,
  ZodOpenApiResponsesObject,
} from 'zod-openapi';
import { ERRORS } from '#contract/errors';
import { ProblemSchema } from '#contract/problem';
import { type Endpoint, PLACEHOLDER, REST_PATH } from '../rest/endpoint.ts';
import { fieldsOf, isOptional, type Schema, withoutFields } from '../rest/schema.ts';

/** The names of the security schemes, each of which is enough by itself. */
const SECURITY = [{ session: [] }, { apiKey: [] }];

/** How a client reads an event stream; there is no schema language for events in OpenAPI 3.1. */
const SSE_HELP =
  'Server-sent events. `data` is JSON; `id`, where given, is what to send as `Last-Event-ID` to go on after a cut ' +
  'connection. The stream ends with `event: done`, or with `event: error` whose `data` is a problem document.';

/** The operation of an endpoint, with the schemas it is served with. */
export function operationOf(endpoint: Endpoint): ZodOpenApiOperationObject {
  const { openapi, name, input, inputFields, params, takesBody, rest } = endpoint;
  const path = pick(inputFields, (field) => params.includes(field));
  const query = takesBody ? {} : pick(inputFields, (field) => !params.includes(field));
  const resumes = rest.sse === true && inputFields.has('lastEventId');
  const body = takesBody && input ? bodyOf(input, params) : null;
  return {
    operationId: openapi.operationId ?? name,
    ...(openapi.summary !== undefined && { summary: openapi.summary }),
    ...(openapi.description !== undefined && { description: openapi.description }),
    ...(openapi.tags && { tags: openapi.tags }),
    ...(openapi.deprecated && { deprecated: true }),
    security: openapi.protect === false ? [] : SECURITY,
    requestParams: { path: z.object(path), query: z.object(query) },
    ...(resumes && { parameters: [LAST_EVENT_ID] }),
    ...(body && { requestBody: body }),
    responses: { ...successOf(endpoint), ...errorsOf(endpoint) },
  };
}

const LAST_EVENT_ID: oas31.ParameterObject = {
  in: 'header',
  name: 'Last-Event-ID',
  description: 'The id of the last event that was seen; wins over `lastEventId`.',
  schema: { type: 'string' },
};

function pick(
  fields: ReadonlyMap<string, Schema>,
  wanted: (name: string) => boolean,
): Record<string, Schema> {
  return Object.fromEntries([...fields].filter(([name]) => wanted(name)));
}

function bodyOf(input: Schema, params: string[]) {
  const schema = params.length > 0 ? withoutFields(input, new Set(params)) : input;
  const fields = fieldsOf(schema, 'input');
  if (!fields || fields.size === 0) return null;
  const required = !isOptional(schema) && [...fields.values()].some((field) => !isOptional(field));
  return { required, content: { 'application/json': { schema } } };
}

function successOf(endpoint: Endpoint): ZodOpenApiResponsesObject {
  const { status, produces, output, rest, openapi } = endpoint;
  const response: ZodOpenApiResponseObject = {
    description: openapi.successDescription ?? (rest.sse ? SSE_HELP : (DESCRIPTIONS[status] ?? 'Done.')),
    ...headersOf(endpoint),
  };
  if (produces) {
    const schema = rest.sse ? { type: 'string' as const } : rest.stream ? {} : (output ?? {});
    response.content = { [produces]: { schema } };
  }
  return Object.fromEntries([[String(status), response]]);
}

const DESCRIPTIONS: Record<number, string> = {
  200: 'Done.',
  201: 'Created; `Location` says where it is.',
  202: 'Accepted; the work goes on.',
  204: 'Done; there is nothing to say about it.',
};

function headersOf({ rest, output }: Endpoint): { headers?: oas31.HeadersObject } {
  const headers: oas31.HeadersObject = {};
  if (rest.location) {
    const location = `${REST_PATH}${rest.location.replace(PLACEHOLDER, '{$1}')}`;
    headers['Location'] = { description: `Where it is: \`${location}\`.`, schema: { type: 'string' } };
  }
  if (output && fieldsOf(output, 'output')?.has('nextCursor')) {
    headers['Link'] = {
      description: 'The next page, as `rel="next"` (RFC 8288).',
      schema: { type: 'string' },
    };
  }
  return Object.keys(headers).length > 0 ? { headers } : {};
}

/** The error statuses of the catalogue: one response each, which all operations refer to. */
const PROBLEMS = new Map<number, ZodOpenApiResponseObject>();
for (const [code, { status, title }] of Object.entries(ERRORS)) {
  const text = [PROBLEMS.get(status)?.description, `\`${code}\`: ${title}.`].filter(Boolean).join(' ');
  PROBLEMS.set(status, { id: `Problem${status}`, ...problemResponse(text) });
}

function problemResponse(description: string): ZodOpenApiResponseObject {
  return { description, content: { 'application/problem+json': { schema: ProblemSchema } } };
}

/** The errors an endpoint can answer with, by what it takes, and those its meta adds. */
function errorsOf({ openapi, input, params, takesBody, produces }: Endpoint): ZodOpenApiResponsesObject {
  const statuses = [429, 500, 503];
  if (input) statuses.push(400);
  if (openapi.protect !== false) statuses.push(401, 403);
  if (params.length > 0) statuses.push(404);
  if (produces) statuses.push(406);
  if (takesBody && input) statuses.push(409, 413, 415);
  const { errorResponses = [] } = openapi;
  const described = Array.isArray(errorResponses) ? [] : Object.entries(errorResponses);
  if (Array.isArray(errorResponses)) statuses.push(...errorResponses);
  const responses: Record<string, ZodOpenApiResponseObject> = {};
  for (const status of statuses) {
    responses[status] = PROBLEMS.get(status) ?? problemResponse(`Status ${status}.`);
  }
  for (const [status, text] of described) responses[status] = problemResponse(text);
  return responses;
}
