import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { afterAll, expect, test } from '@jest/globals';
import { MAX_RESPONSE_BYTES } from '#server/limits';
import { listen } from '#test/listen';
import { fetchWithIdleTimeout } from './idle-timeout.ts';

/** An event without text, and many of them. */
const EMPTY = 'data: {"choices":[{"index":0,"delta":{"content":""}}]}\n\n';
const EVENTS = Buffer.from(EMPTY.repeat(20_000));

function* endless() {
  for (;;) yield EVENTS;
}

const server = createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  Readable.from(endless()).pipe(response);
});
const port = await listen(server);
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

test('fetchWithIdleTimeout ends an endless stream without text after MAX_RESPONSE_BYTES', async () => {
  const response = await fetchWithIdleTimeout(10)(`http://127.0.0.1:${port}`);
  let bytes = 0;
  const read = async () => {
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      if (bytes > 2 * MAX_RESPONSE_BYTES) return;
    }
  };
  await expect(read()).rejects.toMatchObject({ kind: 'MODEL_BAD_RESPONSE' });
  expect(bytes).toBeGreaterThan(MAX_RESPONSE_BYTES - EVENTS.length);
});
