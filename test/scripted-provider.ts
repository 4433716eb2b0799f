import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { listen } from './listen.ts';

const Body = z.looseObject({
  stream: z.boolean().default(false),
  max_tokens: z.number().optional(),
  messages: z.array(z.looseObject({ role: z.string(), content: z.unknown() })),
});

/** A question a model was asked, and the means to answer it bit by bit. */
export interface Exchange {
  messages: z.output<typeof Body>['messages'];
  authorization: string | undefined;
  /** The most tokens that the answer may have, if that is said. */
  maxTokens: number | undefined;
  /** Says one delta; resolves when it was handed to the system. */
  say: (delta: string) => Promise<void>;
  /** Sends a delta of any form, such as `{ tool_calls: … }`; resolves as `say` does. */
  send: (delta: Record<string, unknown>) => Promise<void>;
  /** Ends the answer in good order; by default it took 3 tokens of input and 5 of output. */
  finish: (input?: number, output?: number, reason?: 'stop' | 'length') => void;
  /** Breaks the connection off. */
  cut: () => void;
  /** Resolves when the caller went away, which is how an answer is stopped. */
  abandoned: Promise<void>;
}

/** A model provider whose answers are said by the test. */
export interface ScriptedProvider {
  /** For AI_BASE_URL. */
  url: string;
  /** The next question that is asked for a streamed answer. */
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
  const gone = Promise.withResolvers<void>();
  response.on('close', gone.resolve);
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
    abandoned: gone.promise,
    send,
    say: (content) => send({ role: 'assistant', content }),
    finish(input = 3, output = 5, reason = 'stop') {
      response.write(chunk({ choices: [{ index: 0, delta: {}, finish_reason: reason }] }));
      const usage = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
      response.end(`${chunk({ choices: [], usage })}data: [DONE]\n\n`);
    },
    cut: () => void response.destroy(),
  };
}

/** Hands out what comes in, in order, to whoever asks, whichever is first. */
function mailbox<T>() {
  const letters: T[] = [];
  const waiting: ((letter: T) => void)[] = [];
  return {
    put(letter: T): void {
      const receive = waiting.shift();
      if (receive) receive(letter);
      else letters.push(letter);
    },
    take(): Promise<T> {
      const [letter] = letters.splice(0, 1);
      return letter === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(letter);
    },
  };
}

/**
 * Serves OpenAI's chat-completions protocol on a free port of 127.0.0.1. What is asked without streaming, which is the
 * title of a chat, is answered at once: `A title`.
 */
export async function startScriptedProvider(): Promise<ScriptedProvider> {
  const questions = mailbox<Exchange>();
  const server = createServer((request, response) => {
    void text(request).then((raw) => {
      const body = Body.parse(JSON.parse(raw));
      if (body.stream) return questions.put(exchangeOver(response, body, request.headers.authorization));
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
    next: () => questions.take(),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
