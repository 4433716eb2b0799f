import { z } from 'zod';
import {
  type Described,
  faults,
  faultsOfText,
  find,
  headersOf,
  mayReport,
  responseOf,
  schemaAt,
} from './openapi.ts';
import { toEvent } from './sse.ts';

/** A REST request. */
interface Request {
  method: string;
  /** Below /api/v1, with the query. */
  path: string;
  headers: Headers;
  body?: unknown;
}

/** Thrown if a request and its response do not match src/sdk/openapi.json. */
export class ContractViolation extends Error {
  override name = 'ContractViolation';

  constructor({ method, path }: Request, status: number, violations: string[]) {
    super(
      `${method} ${path} and its response ${status} do not match src/sdk/openapi.json ` +
        `(npm run openapi updates it):\n- ${violations.join('\n- ')}`,
    );
  }
}

const mediaType = (headers: Headers) => headers.get('content-type')?.split(';')[0] ?? '';
const prefixed = (subject: string, list: string[]) => list.map((fault) => `${subject}: ${fault}`);

function faultsOfParameters(
  { operation, at }: Described,
  values: Map<string, string>,
  request: Request,
): string[] {
  const { searchParams } = new URL(request.path, 'http://here.invalid');
  const known = operation.parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
  const unknown = [...searchParams.keys()].filter((name) => !known.includes(name.replace(/\[.*/, '')));
  const wrong = operation.parameters.flatMap(({ in: place, name, required }, i) => {
    const sent =
      place === 'query'
        ? searchParams.getAll(name)
        : [place === 'path' ? decodeURIComponent(values.get(name) ?? '') : request.headers.get(name)];
    const [first, ...more] = sent.filter((value) => value !== null);
    if (first === undefined) return required ? [`the ${place} parameter ${name} is missing`] : [];
    const value = more.length > 0 ? [first, ...more] : first;
    return prefixed(`the ${place} parameter ${name}`, faultsOfText(`${at}parameters/${i}/schema`, value));
  });
  return [...unknown.map((name) => `the query parameter ${name} is not described`), ...wrong];
}

const FORMS = new Set(['application/x-www-form-urlencoded', 'multipart/form-data']);

function faultsOfBody({ operation, at }: Described, { body, headers }: Request): string[] {
  const { requestBody } = operation;
  if (body === undefined || body === null || body === '') {
    return requestBody?.required === true ? ['a request without the required body was accepted'] : [];
  }
  if (!requestBody) return body === '{}' ? [] : ['a body that is not described was accepted'];
  const type = mediaType(headers);
  // The server accepts forms wherever it accepts JSON. The document omits them, because some client generators cannot
  // handle several media types.
  if (FORMS.has(type) && !requestBody.content[type] && requestBody.content['application/json']) return [];
  if (!requestBody.content[type]) return [`a body of type ${type}, which is not described, was accepted`];
  if (type !== 'application/json' || typeof body !== 'string') return [];
  return prefixed('the request body', faults(schemaAt(`${at}requestBody/`, type), JSON.parse(body)));
}

function faultsOfSecurity({ operation: { security } }: Described, { headers }: Request): string[] {
  if (security.length === 0) return [];
  const scheme = headers.has('authorization') ? 'apiKey' : headers.has('cookie') ? 'session' : undefined;
  if (scheme !== undefined && security.some((requirement) => scheme in requirement)) return [];
  return [
    `a caller ${scheme === undefined ? 'without a credential' : `with the scheme ${scheme}`} was accepted`,
  ];
}

/** Returns the faults of a request that the server accepted. */
function faultsOfRequest(described: Described, values: Map<string, string>, request: Request): string[] {
  return [
    ...faultsOfSecurity(described, request),
    ...faultsOfParameters(described, values, request),
    ...faultsOfBody(described, request),
  ];
}

/** The expected response if the document does not have the path, or not with this method. */
const REJECTION = {
  response: { headers: {}, content: { 'application/problem+json': { schema: {} } } },
  at: '',
  schema: '/components/schemas/Problem',
};

/** Returns the fault of a problem document whose code the operation does not name, although others do. */
function faultsOfCode({ operation }: Described, body: string): string[] {
  const { code } = Problem.parse(JSON.parse(body));
  return mayReport(operation, code) ? [] : [`\`errors\` in the meta of the procedure does not name ${code}`];
}

const Problem = z.object({ code: z.string() });

/** Returns what the document says about the response to a request; no `definition` if it does not have the status. */
function expected(request: Request, status: number) {
  const found = find(request.path.replace(/\?.*/s, ''), request.method);
  const described = found?.described;
  // A path that cannot be decoded gets 400.
  if (!described)
    return { definition: (found ? [405] : [404, 400]).includes(status) ? REJECTION : undefined };
  const definition = responseOf(described, status);
  return { described, values: found.values, definition: definition && { ...definition, schema: undefined } };
}

/**
 * Validates a REST request and its response against src/sdk/openapi.json. A response whose status, media type or body
 * is not described there is a violation, and so is an accepted request that does not match its description. Response
 * fields that the schema does not have are allowed, because later versions may add fields.
 * @returns the response, which can be read once. An event stream is checked while it is read.
 * @throws {ContractViolation}
 */
export async function checkContract(request: Request, response: Response): Promise<Response> {
  const { status, headers } = response;
  if (request.method === 'OPTIONS') return response;
  const isEmpty = status === 204 || status === 304 || request.method === 'HEAD';
  const { described, values, definition } = expected(request, status);
  const violations = described && response.ok ? faultsOfRequest(described, values, request) : [];
  if (!definition)
    throw new ContractViolation(request, status, [...violations, 'no such response is described']);

  for (const { name, required, at } of headersOf(definition.response, definition.at)) {
    const value = headers.get(name);
    if (value !== null) violations.push(...prefixed(`the header ${name}`, faultsOfText(at, value)));
    else if (required) violations.push(`the header ${name} is missing`);
  }
  const type = mediaType(headers);
  const types = Object.keys(definition.response.content ?? {});
  const wantsBody = types.length > 0 && !isEmpty;
  if (wantsBody && !types.includes(type)) violations.push(`the media type is ${type || 'missing'}`);
  if (violations.length > 0) throw new ContractViolation(request, status, violations);

  const at = definition.schema ?? schemaAt(definition.at, type);
  const violated = (list: string[]) => new ContractViolation(request, status, prefixed('the response', list));
  if (wantsBody && type === 'text/event-stream') {
    const body = response.body?.pipeThrough(checkedEvents((event) => faults(at, event), violated)) ?? null;
    return new Response(body, { status, headers });
  }
  const text = await response.text();
  const documents = type === 'application/x-ndjson' ? text.trimEnd().split('\n') : [text];
  const list = wantsBody
    ? documents.flatMap((document) => faults(at, JSON.parse(document)))
    : text === ''
      ? []
      : ['there should be no body'];
  const isProblem = described && type === 'application/problem+json' && text !== '';
  if (isProblem) list.push(...faultsOfCode(described, text));
  if (list.length > 0) throw violated(list);
  return new Response(isEmpty ? null : text, { status, headers });
}

/** Passes an event stream on unchanged. The first event that does not match its description ends it with an error. */
function checkedEvents(faultsOf: (event: unknown) => string[], violated: (list: string[]) => Error) {
  const decoder = new TextDecoder();
  let buffered = '';
  return new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(bytes, controller) {
      buffered += decoder.decode(bytes, { stream: true });
      const blocks = buffered.split('\n\n');
      buffered = blocks.pop() ?? '';
      for (const event of blocks.map(toEvent).filter((found) => found !== null)) {
        const { id, data, ...rest } = event;
        const list = faultsOf({ ...(id !== '' && { id }), ...rest, data: JSON.parse(data) as unknown });
        if (list.length > 0) throw violated(list);
      }
      controller.enqueue(bytes);
    },
  });
}
