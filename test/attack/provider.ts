import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { listen } from '#test/listen';

const Body = z.looseObject({ model: z.string(), stream: z.boolean().default(false) });

/** The number of deltas per write. */
const CHUNK = 200;

type Delta = { content: string } | { reasoning_content: string };

const content = (text: string): Delta => ({ content: text });

function* wordsOf(count: number): Generator<Delta> {
  for (let at = 0; at < count; at++) yield content(`w${(at * 7_919).toString(36)}q${at.toString(36)} `);
}

/** Yields text and reasoning in turn. Each change starts a message part. */
function* partsOf(count: number): Generator<Delta> {
  for (let at = 0; at < count; at++)
    yield at % 2 === 0 ? { reasoning_content: `thought ${at} ` } : content(`said ${at} `);
}

function* endless(delta: Delta): Generator<Delta> {
  for (;;) yield delta;
}

/** The answers of the provider's models, by name. */
const MODELS = {
  /** 1.5 MB of distinct words. */
  words: () => wordsOf(125_000),
  /** One word of 2 MB. */
  word: () => [content('x'.repeat(2_000_000))].values(),
  parts: () => partsOf(6_000),
  endless: () => endless(content('and so on '.repeat(20))),
  'endless-small': () => endless(content('a')),
  'endless-empty': () => endless(content('')),
  markdown: () => [content('a**b'.repeat(20_000))].values(),
  /** A NUL and half a surrogate pair. A database accepts neither. */
  unstorable: () => [content('a\0b'), content('\ud800 c')].values(),
  silent: () => [].values(),
} satisfies Record<string, () => Iterator<Delta> & Iterable<Delta>>;

/** A hostile model provider, and the settings of a server that uses it. */
export interface HostileProvider {
  settings: Record<string, string>;
  close: () => Promise<void>;
}

const isModel = (name: string): name is keyof typeof MODELS => Object.hasOwn(MODELS, name);

/** Waits until the response can be written to again, or is closed. */
async function drained(response: ServerResponse): Promise<void> {
  const over = new AbortController();
  const on = (event: string) => once(response, event, { signal: over.signal });
  await Promise.race([on('drain'), on('close')]);
  over.abort();
}

async function answer(response: ServerResponse, name: keyof typeof MODELS): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  if (name === 'silent') return;
  const head = { id: 'x', object: 'chat.completion.chunk', created: 0, model: name };
  const event = (choice: object) =>
    `data: ${JSON.stringify({ ...head, choices: [{ index: 0, ...choice }] })}\n\n`;
  let chunk = '';
  let size = 0;
  for (const delta of MODELS[name]()) {
    chunk += event({ delta, finish_reason: null });
    if (++size % CHUNK > 0) continue;
    if (response.destroyed) return;
    if (!response.write(chunk)) await drained(response);
    chunk = '';
  }
  response.end(`${chunk}${event({ delta: {}, finish_reason: 'stop' })}data: [DONE]\n\n`);
}

/** Serves OpenAI's chat-completions protocol on a free port of 127.0.0.1. MODELS describes its models. */
export async function startHostileProvider(): Promise<HostileProvider> {
  const server = createServer((request, response) => {
    void text(request).then((raw) => {
      const { model, stream } = Body.parse(JSON.parse(raw));
      if (stream && isModel(model)) return answer(response, model);
      const message = { role: 'assistant', content: 'A title' };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ id: 'x', choices: [{ index: 0, message, finish_reason: 'stop' }] }));
    });
  });
  const port = await listen(server);
  const models = Object.keys(MODELS).map((name) => `openai-compatible/${name}`);
  return {
    settings: {
      AI_BASE_URL: `http://127.0.0.1:${port}/v1`,
      AI_MODEL: 'openai-compatible/word',
      AI_MODELS: models.join(','),
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
