/** The thread of test/freeze.ts: requests one URL repeatedly and records how long the slowest response took. */
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

// One connection that stays open, because the kernel accepts new connections even if the server is frozen.
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/**
 * Returns how long a thread was ready to run but had no core, in milliseconds, or 0 if the system does not report it.
 * See https://docs.kernel.org/scheduler/sched-stats.html.
 */
function waitedMs(thread: string): number {
  try {
    return Number(readFileSync(`/proc/${thread}/schedstat`, 'utf8').split(' ')[1]) / NS_PER_MS;
  } catch {
    return 0;
  }
}

/** Returns the same for both threads that take part in a request: this one and that of the server. */
const allWaitedMs = () => (pid === undefined ? 0 : waitedMs('thread-self') + waitedMs(`${pid}/task/${pid}`));

/** Sends a request. @returns true if the response has status 200. */
async function send(): Promise<boolean> {
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

const emptyFigures = () => ({ responses: 0, failures: 0, longestMs: 0 });
let figures = emptyFigures();
/** The number of requests for figures that have no reply yet. */
let requested = 0;

parentPort?.on('message', () => {
  requested += 1;
});

async function measure(): Promise<void> {
  const waited = allWaitedMs();
  const started = performance.now();
  const isSuccess = await send();
  const ms = performance.now() - started;
  figures.longestMs = Math.max(figures.longestMs, ms - Math.max(0, Math.min(ms, allWaitedMs() - waited)));
  if (isSuccess) figures.responses += 1;
  else figures.failures += 1;
}

for (;;) {
  const pending = requested;
  await measure();
  // The request above started after the figures were requested, so it includes a freeze at that time.
  if (pending > 0) {
    requested -= pending;
    for (let count = 0; count < pending; count++) parentPort?.postMessage(figures);
    figures = emptyFigures();
  }
  await pause(INTERVAL_MS);
}
