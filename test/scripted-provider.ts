import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { listen } from './listen.ts';

const Body = z.looseObject({
  stream: z.boolean().default(false),
  max_tokens: z.number().optional(),
  temperature: z.number().optional(),
  messages: z.array(z.looseObject({ role: z.string(), content: z.unknown() })),
});

/** A request to a model, with functions to answer it in steps. */
export interface Exchange {
  messages: z.output<typeof Body>['messages'];
  authorization: string | undefined;
  /** The maximum number of tokens of the answer, if the request sets it. */
  maxTokens: number | undefined;
  temperature: number | undefined;
  /** Sends a delta of text. Resolves when it was handed to the system. */
  say: (delta: string) => Promise<void>;
  /** Sends any delta, such as `{ tool_calls: … }`. Resolves like `say`. */
  send: (delta: Record<string, unknown>) => Promise<void>;
  /** Completes the answer. By default it used 3 tokens of input and 5 of output. */
  finish: (input?: number, output?: number, reason?: 'stop' | 'length') => void;
  /** Fails with an error of the provider in the stream. */
  fail: (message: string) => void;
  /** Closes the connection before the end of the answer. */
  cut: () => void;
  /** Resolves when the client has closed the connection, which it does to stop an answer. */
  abandoned: Promise<void>;
}

/** A model provider whose answers a test writes. */
export interface ScriptedProvider {
  /** For AI_BASE_URL. */
  url: string;
  /** Returns the next request for a streamed answer. */
  next: () => Promise<Exchange>;
  close: () => Promise<void>;
}

function chunk(fields: Record<string, unknown>): string {
  const envelope = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 0, model: 'scripted' };
  return `data: ${JSON.stringify({ ...envelope, ...fields })}\n\n`;
}

function exchangeOver(
  response: ServerResponse,
  body: z.output<typeof Body>,
  authorization?: string,
): Exchange {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  const closed = Promise.withResolvers<void>();
  response.on('close', closed.resolve);
  const send = (delta: Record<string, unknown>) =>
    new Promise<void>((resolve) => {
      response.write(chunk({ choices: [{ index: 0, delta, finish_reason: null }] }), () => {
        resolve();
      });
    });
  return {
    messages: body.messages,
    authorization,
    maxTokens: body.max_tokens,
    temperature: body.temperature,
    abandoned: closed.promise,
    send,
    say: (content) => send({ role: 'assistant', content }),
    finish(input = 3, output = 5, reason = 'stop') {
      response.write(chunk({ choices: [{ index: 0, delta: {}, finish_reason: reason }] }));
      const usage = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
      response.end(`${chunk({ choices: [], usage })}data: [DONE]\n\n`);
    },
    fail: (message) => void response.end(`data: ${JSON.stringify({ error: { message } })}\n\n`),
    cut: () => void response.destroy(),
  };
}

/** Creates a queue whose `take` waits for an item. */
function queue<T>() {
  const items: T[] = [];
  const waiting: ((item: T) => void)[] = [];
  return {
    put(item: T): void {
      const receive = waiting.shift();
      if (receive) receive(item);
      else items.push(item);
    },
    take(): Promise<T> {
      const [item] = items.splice(0, 1);
      return item === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(item);
    },
  };
}

/**
 * Serves OpenAI's chat-completions protocol on a free port of 127.0.0.1. A request without streaming, which asks for
 * the title of a chat, gets `A title` immediately.
 */
export async function startScriptedProvider(): Promise<ScriptedProvider> {
  const exchanges = queue<Exchange>();
  const server = createServer((request, response) => {
    void text(request).then((raw) => {
      const body = Body.parse(JSON.parse(raw));
      if (body.stream) return exchanges.put(exchangeOver(response, body, request.headers.authorization));
      const message = { role: 'assistant', content: 'A title' };
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({ id: 'chatcmpl-1', choices: [{ index: 0, message, finish_reason: 'stop' }] }),
      );
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/v1`,
    next: () => exchanges.take(),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
