/** Sends requests, and returns what must be the same on every runtime. */

/** A request. It is JSON, because the programs that send it read it from a file. */
export interface Call {
  path: string;
  method?: string;
  headers?: Record<string, string>;
  body?: Body;
  /** The status that the response must have. By default, it must be below 500. */
  expected?: number;
}

/** Text, sent several times if `times` is set; bytes in base64; or the fields of a form, files with a file name. */
export type Body =
  | { text: string; times?: number }
  | { base64: string }
  | { form: [name: string, value: string, fileName?: string][] };

/** The part of a response that does not differ between runtimes. */
export interface Answer {
  call: string;
  status: number;
  headers: Record<string, string>;
  body: string;
}

export type Send = (path: string, init: RequestInit) => Promise<Response>;

const HEADERS = [
  'access-control-allow-credentials',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
  'access-control-expose-headers',
  'access-control-max-age',
  'allow',
  'cache-control',
  'content-disposition',
  'content-type',
  'etag',
  'link',
  'location',
  'retry-after',
  'www-authenticate',
];

function bodyOf(body: Body): NonNullable<RequestInit['body']> {
  if ('text' in body) return body.text.repeat(body.times ?? 1);
  if ('base64' in body) return Uint8Array.from(atob(body.base64), (char) => char.charCodeAt(0));
  const form = new FormData();
  for (const [name, value, fileName] of body.form) {
    if (fileName === undefined) form.append(name, value);
    else form.append(name, new File([value], fileName, { type: 'text/plain' }));
  }
  return form;
}

async function answerOf({ path, method = 'GET', headers = {}, body }: Call, send: Send): Promise<Answer> {
  const response = await send(path, { method, headers, ...(body && { body: bodyOf(body) }) });
  const kept = HEADERS.flatMap((name): [string, string][] => {
    // The host that compresses marks the entity tag.
    const value = response.headers.get(name)?.replace(/-(?:br|gzip)"$/, '"');
    return value === undefined ? [] : [[name, value]];
  });
  const text = (await response.text())
    .replace(/"requestId":"[^"]*"/g, '"requestId":""')
    // Each engine explains invalid JSON in its own words.
    .replace(/(is not valid JSON: )(?:[^"\\]|\\.)*/g, '$1');
  return {
    call: `${method} ${path} ${JSON.stringify(headers)} ${JSON.stringify(body ?? null).slice(0, 300)}`,
    status: response.status,
    headers: Object.fromEntries(kept),
    // Servers send no body, but a Response may have one.
    body: method === 'HEAD' ? '' : text,
  };
}

/** The number of calls that are sent at once. */
const CONCURRENCY = 8;
const LIMIT_MS = 20_000;

/** Fails if a response does not arrive in time. */
async function inTime(call: Call, answer: Promise<Answer>): Promise<Answer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`No response to ${JSON.stringify(call).slice(0, 300)}`)),
      LIMIT_MS,
    );
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Sends all calls. @param send sends a request to a path. @returns the answers in the order of the calls. */
export async function answers(send: Send, calls: readonly Call[]): Promise<Answer[]> {
  const result: Answer[] = [];
  for (let from = 0; from < calls.length; from += CONCURRENCY) {
    const some = calls.slice(from, from + CONCURRENCY);
    result.push(...(await Promise.all(some.map((call) => inTime(call, answerOf(call, send))))));
  }
  return result;
}
