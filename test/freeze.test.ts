import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { measureFreeze } from '#test/freeze';
import { listen } from '#test/listen';

/** Keeps this thread busy. */
function spin(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

const server = createServer((_, response) => response.end('ok'));
let url: string;
beforeAll(async () => {
  url = `http://127.0.0.1:${await listen(server)}`;
});
afterAll(() => {
  server.close();
});

test('measures how long the thread of a server is busy', async () => {
  const { result, freezeMs } = await measureFreeze(url, async () => {
    spin(400);
    await pause(50);
    return 'done';
  });
  expect(result).toBe('done');
  expect(freezeMs).toBeGreaterThan(200);
  expect(freezeMs).toBeLessThan(1000);
});

test('counts the work of the thread itself if other threads use its core', async () => {
  const { freezeMs } = await measureFreeze(
    url,
    async () => {
      spin(400);
      await pause(50);
    },
    process.pid,
  );
  // spin() measures elapsed time, which includes waiting for a core.
  expect(freezeMs).toBeGreaterThan(50);
  expect(freezeMs).toBeLessThan(500);
});

test('does not count the work of other threads or of the network', async () => {
  const { freezeMs } = await measureFreeze(url, () => pause(400), process.pid);
  expect(freezeMs).toBeLessThan(200);
});

test('rejects if the server stops responding', async () => {
  const failing = measureFreeze(url, () => {
    server.close();
    server.closeAllConnections();
    return pause(50);
  });
  await expect(failing).rejects.toThrow('requests of /api/health failed');
});
