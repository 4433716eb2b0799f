/** The thread of test/freeze.ts: asks one URL again and again, and keeps how long the slowest response took. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, get, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';

const { url, pid } = z.object({ url: z.url(), pid: z.int().optional() }).parse(workerData);

/** The pause between a response and the next request. */
const INTERVAL_MS = 5;
/** How long a response may take until it counts as missing. */
const LIMIT_MS = 120_000;
const NS_PER_MS = 1e6;

// One connection that stays open: the kernel's queue of new connections would answer for a server that is frozen.
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/**
 * How long a thread was ready to run and got no core, in milliseconds; https://docs.kernel.org/scheduler/sched-stats.html.
 * 0 where the system does not say.
 */
function waitedMs(thread: string): number {
  try {
    return Number(readFileSync(`/proc/${thread}/schedstat`, 'utf8').split(' ')[1]) / NS_PER_MS;
  } catch {
    return 0;
  }
}

/** The same of all who take part in a request: this thread, and that of the server. */
const allWaitedMs = () => (pid === undefined ? 0 : waitedMs('thread-self') + waitedMs(`${pid}/task/${pid}`));

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
  const waited = allWaitedMs();
  const started = performance.now();
  const isAnswered = await ask();
  const ms = performance.now() - started;
  figures.longestMs = Math.max(figures.longestMs, ms - Math.max(0, Math.min(ms, allWaitedMs() - waited)));
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
