import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { listen } from './listen.ts';

const Body = z.looseObject({
  model: z.string(),
  stream: z.boolean().default(false),
  stream_options: z.object({ include_usage: z.boolean() }).optional(),
  messages: z.array(z.looseObject({ role: z.string(), content: z.unknown() })),
});

/** A request that the server has read. */
export interface ProviderRequest {
  model: string;
  headers: IncomingMessage['headers'];
  body: z.output<typeof Body>;
  /** True if the client disconnected before the end of the answer. */
  readonly abandoned: boolean;
}

/** A model provider on 127.0.0.1. */
export interface ProviderServer {
  /** For AI_BASE_URL. */
  url: string;
  /** All requests, oldest first. */
  requests: ProviderRequest[];
  /** Closes all connections and stops listening. */
  close: () => Promise<void>;
}

/** A request to a model and its response. */
interface Exchange {
  response: ServerResponse;
  body: z.output<typeof Body>;
  /** Aborted when the client disconnects. */
  signal: AbortSignal;
}

type Behaviour = (exchange: Exchange, ...args: string[]) => Promise<void> | void;

/** A text in every error document, because real providers repeat keys and internals there. No caller may see it. */
export const SECRET = 'secret of the provider';

/** The number of deltas that a failing answer sends before it fails. */
export const DELTAS_BEFORE_FAILURE = 3;

/** Returns the deltas of an answer: `word1 word2 …`, the last one without a space after it. */
export function answerDeltas(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `word${index + 1}${index + 1 < count ? ' ' : ''}`);
}

/** Returns the words of an answer of `count-…` to `count LABEL`: `LABEL.1 `, `LABEL.2 ` … */
export function countedWords(label: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${label}.${index + 1} `);
}

/**
 * Serves OpenAI's chat-completions protocol, with and without streaming. The name of the model selects its behaviour:
 *
 * - `normal`: five deltas at once, then usage and `[DONE]`
 * - `slow-200x10`: 200 deltas, 10 ms before each
 * - `count-200x10`: equally slow, but answers `count A` with `A.1 A.2 …`, and continues an interrupted answer with the
 *   next number
 * - `echo`: repeats the last message, letter by letter
 * - `empty`: completes an answer without a text
 * - `error-503`: that status with an error document; 429 and 503 have `Retry-After: 7`
 * - `context-1000`: rejects conversations of more characters as too long, and answers others like `normal`
 * - `silent`, `silent-start`, `silent-middle`: sends nothing, only the headers, or only the headers and 3 deltas
 * - `cut`: resets the connection after 3 deltas
 * - `unfinished`: ends the answer after 3 deltas without an error, but also without a finish reason
 * - `malformed`, `misshapen`: the 4th chunk is invalid JSON, or JSON with other fields; the answer then continues
 * - `error-chunk-429`: an error with that code follows after 3 deltas
 */
const BEHAVIOURS: [RegExp, Behaviour][] = [
  [/^normal$/, (exchange) => answer(exchange, answerDeltas(5), 0)],
  [/^slow-(\d+)x(\d+)$/, (exchange, count, ms) => answer(exchange, answerDeltas(Number(count)), Number(ms))],
  [
    /^count-(\d+)x(\d+)$/,
    (exchange, count, ms) => answer(exchange, remainingCount(exchange.body, Number(count)), Number(ms)),
  ],
  [/^echo$/, (exchange) => answer(exchange, Array.from(lastText(exchange.body)), 0)],
  [/^empty$/, (exchange) => answer(exchange, [], 0)],
  [/^error-(\d{3})$/, (exchange, status) => sendError(exchange, Number(status))],
  [
    /^context-(\d+)$/,
    (exchange, size) =>
      JSON.stringify(exchange.body.messages).length > Number(size)
        ? sendError(exchange, 400, 'context_length_exceeded')
        : answer(exchange, answerDeltas(5), 0),
  ],
  [/^silent$/, () => undefined],
  [/^silent-start$/, ({ response }) => openStream(response)],
  [/^silent-middle$/, sendFirst],
  [
    /^cut$/,
    async (exchange) => {
      await sendFirst(exchange);
      // A client discards its buffer when its connection breaks, so let it read the deltas first.
      await pause(50);
      exchange.response.destroy();
    },
  ],
  [
    /^unfinished$/,
    async (exchange) => {
      await sendFirst(exchange);
      exchange.response.end();
    },
  ],
  [/^malformed$/, (exchange) => sendBroken(exchange, '{"id":"chatcmpl-1","choices":[{"del')],
  [/^misshapen$/, (exchange) => sendBroken(exchange, '{"id":7,"choices":"none"}')],
  [
    /^error-chunk-(\d{3})$/,
    (exchange, code) =>
      sendBroken(exchange, JSON.stringify({ error: { message: SECRET, code: Number(code) } })),
  ],
];

/** Starts a model provider on a free port of 127.0.0.1. BEHAVIOURS describes its models. */
export async function startProviderServer(): Promise<ProviderServer> {
  const requests: ProviderRequest[] = [];
  const server = createServer((request, response) => {
    handle(request, response, requests).catch((error: unknown) => {
      // A client may disconnect. Any other error is a mistake in the test.
      if (!response.destroyed) response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  const port = await listen(server.unref());
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  requests: ProviderRequest[],
): Promise<void> {
  const disconnected = new AbortController();
  response.on('close', () => {
    if (!response.writableFinished) disconnected.abort();
  });
  const body = Body.parse(JSON.parse(await text(request)));
  requests.push({
    model: body.model,
    headers: request.headers,
    body,
    get abandoned() {
      return disconnected.signal.aborted;
    },
  });
  const exchange = { response, body, signal: disconnected.signal };
  for (const [pattern, behave] of BEHAVIOURS) {
    const match = pattern.exec(body.model);
    if (match) return behave(exchange, ...match.slice(1));
  }
  sendError(exchange, 404);
}

async function answer(exchange: Exchange, deltas: string[], ms: number): Promise<void> {
  const { response, body, signal } = exchange;
  if (!body.stream) return answerWithoutStream(exchange, deltas, ms);
  openStream(response);
  await sendDeltas(exchange, deltas, ms);
  const finished = [{ index: 0, delta: {}, finish_reason: 'stop' }];
  await send(response, signal, chunk(body.model, { choices: finished }));
  if (body.stream_options?.include_usage) {
    await send(response, signal, chunk(body.model, { choices: [], usage: usage(body, deltas.length) }));
  }
  await send(response, signal, '[DONE]');
  response.end();
}

/** Returns the missing words of the last answer of a conversation, so that a test notices lost or repeated words. */
function remainingCount({ messages }: z.output<typeof Body>, count: number): string[] {
  let label = '';
  let reached = 0;
  for (const { role, content } of messages) {
    const text = typeof content === 'string' ? content : '';
    const asked = /^count (\S+)$/.exec(text)?.[1];
    if (role === 'user' && asked !== undefined) [label, reached] = [asked, 0];
    if (role === 'assistant') reached = Number(/\.(\d+) $/.exec(text)?.[1] ?? 0);
  }
  return countedWords(label, count).slice(reached);
}

function lastText({ messages }: z.output<typeof Body>): string {
  const content = messages.at(-1)?.content;
  return typeof content === 'string' ? content : '';
}

async function answerWithoutStream(
  { response, body, signal }: Exchange,
  deltas: string[],
  ms: number,
): Promise<void> {
  await pause(deltas.length * ms, undefined, { signal });
  const message = { role: 'assistant', content: deltas.join('') };
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify({
      ...envelope(body.model, 'chat.completion'),
      choices: [{ index: 0, message, finish_reason: 'stop' }],
      usage: usage(body, deltas.length),
    }),
  );
}

function sendError({ response }: Exchange, status: number, code: string | null = null): void {
  response.statusCode = status;
  if (status === 429 || status === 503) response.setHeader('retry-after', '7');
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ error: { message: SECRET, type: 'test_error', param: null, code } }));
}

async function sendFirst(exchange: Exchange): Promise<void> {
  openStream(exchange.response);
  await sendDeltas(exchange, answerDeltas(DELTAS_BEFORE_FAILURE), 0);
}

async function sendBroken(exchange: Exchange, data: string): Promise<void> {
  if (!exchange.body.stream) {
    exchange.response.setHeader('content-type', 'application/json').end(data);
    return;
  }
  await sendFirst(exchange);
  await send(exchange.response, exchange.signal, data);
  await answer(exchange, answerDeltas(DELTAS_BEFORE_FAILURE), 0);
}

function openStream(response: ServerResponse): void {
  if (response.headersSent) return;
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  response.flushHeaders();
}

async function sendDeltas({ response, body, signal }: Exchange, deltas: string[], ms: number): Promise<void> {
  for (const content of deltas) {
    if (ms > 0) await pause(ms, undefined, { signal });
    const choices = [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }];
    await send(response, signal, chunk(body.model, { choices }));
  }
}

/** Sends a server-sent event. Waits if the client reads slowly. */
async function send(response: ServerResponse, signal: AbortSignal, data: string): Promise<void> {
  signal.throwIfAborted();
  if (!response.write(`data: ${data}\n\n`)) await once(response, 'drain', { signal });
}

function chunk(model: string, fields: Record<string, unknown>): string {
  return JSON.stringify({ ...envelope(model, 'chat.completion.chunk'), ...fields });
}

function envelope(model: string, object: string) {
  return { id: 'chatcmpl-1', object, created: Math.floor(Date.now() / 1000), model };
}

function usage({ messages }: z.output<typeof Body>, deltas: number) {
  return {
    prompt_tokens: messages.length,
    completion_tokens: deltas,
    total_tokens: messages.length + deltas,
  };
}
