import { type Described, faults, faultsOfText, find, headersOf, responseOf, schemaAt } from './openapi.ts';
import { toEvent } from './sse.ts';

/** What was sent. */
interface Request {
  method: string;
  /** Below /api/v1, with the query. */
  path: string;
  headers: Headers;
  body?: unknown;
}

/** Thrown when a call and its answer are not what src/sdk/openapi.json says. */
export class ContractViolation extends Error {
  override name = 'ContractViolation';

  constructor({ method, path }: Request, status: number, violations: string[]) {
    super(
      `${method} ${path} and its answer ${status} are not as src/sdk/openapi.json says ` +
        `(npm run openapi brings it up to date):\n- ${violations.join('\n- ')}`,
    );
  }
}

const mediaType = (headers: Headers) => headers.get('content-type')?.split(';')[0] ?? '';
const prefixed = (what: string, list: string[]) => list.map((fault) => `${what}: ${fault}`);

function faultsOfParameters(
  { operation, at }: Described,
  values: Map<string, string>,
  request: Request,
): string[] {
  const { searchParams } = new URL(request.path, 'http://here.invalid');
  const known = operation.parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
  const unknown = [...searchParams.keys()].filter((name) => !known.includes(name.replace(/\[.*/, '')));
  const wrong = operation.parameters.flatMap(({ in: place, name, required }, i) => {
    const given =
      place === 'query'
        ? searchParams.getAll(name)
        : [place === 'path' ? decodeURIComponent(values.get(name) ?? '') : request.headers.get(name)];
    const [first, ...more] = given.filter((value) => value !== null);
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
    return requestBody?.required === true ? ['a body was left out that is required'] : [];
  }
  if (!requestBody) return body === '{}' ? [] : ['a body was taken that is not described'];
  const type = mediaType(headers);
  // Forms are taken wherever JSON is; the document leaves them out, because of what generators make of several types.
  if (FORMS.has(type) && !requestBody.content[type] && requestBody.content['application/json']) return [];
  if (!requestBody.content[type]) return [`a body of type ${type} was taken that is not described`];
  if (type !== 'application/json' || typeof body !== 'string') return [];
  return prefixed('the body sent', faults(schemaAt(`${at}requestBody/`, type), JSON.parse(body)));
}

function faultsOfSecurity({ operation: { security } }: Described, { headers }: Request): string[] {
  if (security.length === 0) return [];
  const by = headers.has('authorization') ? 'apiKey' : headers.has('cookie') ? 'session' : undefined;
  if (by !== undefined && security.some((requirement) => by in requirement)) return [];
  return [`it was allowed to a caller with ${by === undefined ? 'nothing' : `the scheme ${by}`}`];
}

/** What is wrong with a call that the server took. */
function faultsOfRequest(described: Described, values: Map<string, string>, request: Request): string[] {
  return [
    ...faultsOfSecurity(described, request),
    ...faultsOfParameters(described, values, request),
    ...faultsOfBody(described, request),
  ];
}

/** The answer where the document has no such path, or not with this method. */
const REFUSED = {
  response: { headers: {}, content: { 'application/problem+json': { schema: {} } } },
  at: '',
  schema: '/components/schemas/Problem',
};

/** What the document says of the answer to a request; no `answer` where it does not know the status. */
function expected(request: Request, status: number) {
  const found = find(request.path.replace(/\?.*/s, ''), request.method);
  const described = found?.described;
  // A path that cannot be read is 400, whatever it would be.
  if (!described) return { answer: (found ? [405] : [404, 400]).includes(status) ? REFUSED : undefined };
  const answer = responseOf(described, status);
  return { described, values: found.values, answer: answer && { ...answer, schema: undefined } };
}

/**
 * Holds a REST call and its answer against src/sdk/openapi.json: an answer of a status, type or form that is not
 * described there is a violation, and so is a call that was taken though it is not as described. What the answer has
 * beyond its schema is none: it may get more fields.
 * @returns the answer, to be read once. An event stream is checked as it is read.
 * @throws {ContractViolation}
 */
export async function checked(request: Request, response: Response): Promise<Response> {
  const { status, headers } = response;
  if (request.method === 'OPTIONS') return response;
  const isEmpty = status === 204 || status === 304 || request.method === 'HEAD';
  const { described, values, answer } = expected(request, status);
  const violations = described && response.ok ? faultsOfRequest(described, values, request) : [];
  if (!answer) throw new ContractViolation(request, status, [...violations, 'no such answer is described']);

  for (const { name, required, at } of headersOf(answer.response, answer.at)) {
    const value = headers.get(name);
    if (value !== null) violations.push(...prefixed(`the header ${name}`, faultsOfText(at, value)));
    else if (required) violations.push(`the header ${name} is missing`);
  }
  const type = mediaType(headers);
  const types = Object.keys(answer.response.content ?? {});
  const wantsBody = types.length > 0 && !isEmpty;
  if (wantsBody && !types.includes(type)) violations.push(`the type of the answer is ${type || 'not told'}`);
  if (violations.length > 0) throw new ContractViolation(request, status, violations);

  const at = answer.schema ?? schemaAt(answer.at, type);
  const violated = (list: string[]) => new ContractViolation(request, status, prefixed('the answer', list));
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
  if (list.length > 0) throw violated(list);
  return new Response(isEmpty ? null : text, { status, headers });
}

/** Lets an event stream through as it is; the first event that is not as described breaks it off. */
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
