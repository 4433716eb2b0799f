/** The thread of test/freeze.ts: asks one URL again and again, and keeps how long the slowest response took. */
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';

const { url } = z.object({ url: z.url() }).parse(workerData);

/** The pause between a response and the next request. */
const INTERVAL_MS = 5;
/** How long a response may take until it counts as missing. */
const LIMIT_MS = 120_000;

// One connection that stays open: the kernel's queue of new connections would answer for a server that is frozen.
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

async function ask(): Promise<boolean> {
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(url, { agent, signal: AbortSignal.timeout(LIMIT_MS) }, resolve).on('error', reject);
    });
    response.resume();
    await once(response, 'end');
    return response.statusCode === 200;
  } catch {
    return false;
  }
}

const fresh = () => ({ responses: 0, failures: 0, longestMs: 0 });
let figures = fresh();
/** How often figures were asked for, and not given yet. */
let wanted = 0;

parentPort?.on('message', () => {
  wanted += 1;
});

async function measure(): Promise<void> {
  const started = performance.now();
  const isAnswered = await ask();
  figures.longestMs = Math.max(figures.longestMs, performance.now() - started);
  if (isAnswered) figures.responses += 1;
  else figures.failures += 1;
}

for (;;) {
  const pending = wanted;
  await measure();
  // The request above began after these were asked for, so it saw all that was going on then.
  if (pending > 0) {
    wanted -= pending;
    for (let count = 0; count < pending; count++) parentPort?.postMessage(figures);
    figures = fresh();
  }
  await pause(INTERVAL_MS);
}
