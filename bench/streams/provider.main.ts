/**
 * A model provider with OpenAI's chat-completions protocol, as a separate process. The name of the model determines its
 * pace. Every delta is a separate write, and concurrent answers take turns.
 *
 * - `back-to-back`: as fast as the reader reads
 * - `paced`: a delta every 10 ms
 * - `idle`: the first delta, and the others after `POST /release`
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { DELTAS, WORDS } from './words.ts';

const PACE_MS = 10;

const Body = z.object({ model: z.enum(['back-to-back', 'paced', 'idle']) });

/** An unfinished answer; `next` is the index of its next event. */
interface Answer {
  response: ServerResponse;
  next: number;
}

const event = (data: string) => Buffer.from(`data: ${data}\n\n`);
const chunk = (fields: object) =>
  event(
    JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 0,
      model: 'bench',
      ...fields,
    }),
  );
const choice = (delta: object, finish_reason: string | null) =>
  chunk({ choices: [{ index: 0, delta, finish_reason }] });

const EVENTS = WORDS.map((content) => choice({ role: 'assistant', content }, null));
const USAGE = { prompt_tokens: 10, completion_tokens: DELTAS, total_tokens: DELTAS + 10 };
const ENDING = Buffer.concat([choice({}, 'stop'), chunk({ choices: [], usage: USAGE }), event('[DONE]')]);

const eager = new Set<Answer>();
/** One group of answers per millisecond of the pace, so that one timer serves any number of answers. */
const paced = Array.from({ length: PACE_MS }, () => new Set<Answer>());
const idle = new Set<Answer>();

/** Writes the next delta, and after the last one the ending. @returns true if more deltas follow. */
function advance(answer: Answer): boolean {
  const { response } = answer;
  if (response.destroyed) return false;
  const next = EVENTS[answer.next++];
  if (next) response.write(next);
  if (answer.next < EVENTS.length) return true;
  response.end(ENDING);
  return false;
}

function writeEager(): void {
  for (const answer of eager) {
    if (!answer.response.writableNeedDrain && !advance(answer)) eager.delete(answer);
  }
  if (eager.size > 0) setImmediate(writeEager);
}

function addEager(answer: Answer): void {
  if (eager.size === 0) setImmediate(writeEager);
  eager.add(answer);
}

const started = performance.now();
let ticks = 0;
setInterval(() => {
  for (; ticks < performance.now() - started; ticks++) {
    const group = paced[ticks % PACE_MS];
    for (const answer of group ?? []) if (!advance(answer)) group?.delete(answer);
  }
}, 1);

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/release') {
    for (const answer of idle) addEager(answer);
    idle.clear();
    response.end();
    return;
  }
  const { model } = Body.parse(await json(request));
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  const answer = { response, next: 0 };
  if (model === 'back-to-back') addEager(answer);
  else if (model === 'paced') paced[ticks % PACE_MS]?.add(answer);
  else {
    advance(answer);
    idle.add(answer);
  }
}

const server = createServer((request, response) => {
  serve(request, response).catch((error: unknown) => {
    console.error(error);
    response.destroy();
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address && typeof address === 'object') console.log(`ready on port ${address.port}`);
});
