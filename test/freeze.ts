import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';

const Figures = z.object({ responses: z.int(), failures: z.int(), longestMs: z.number() });

/** The figures of a probe: responses with status 200, requests without one, and the longest response time. */
export type FreezeFigures = z.output<typeof Figures>;

/** Requests `/api/health` of a server every 5 ms in its own thread, so that work in this thread does not count. */
export interface FreezeProbe {
  /** Returns the figures since the last `take`, including one request that starts after this call. */
  take: () => Promise<FreezeFigures>;
  stop: () => Promise<void>;
}

/**
 * Starts a probe of a server.
 * @param url the server's origin.
 * @param pid the process whose main thread serves. If it is set, the time in which that thread or the probe was ready
 *   to run but had no core does not count. Otherwise, other programs on a busy machine would count as a freeze.
 */
export async function startFreezeProbe(url: string, pid?: number): Promise<FreezeProbe> {
  const worker = new Worker(join(import.meta.dirname, 'freeze-worker.ts'), {
    workerData: { url: `${url}/api/health`, ...(pid !== undefined && { pid }) },
  });
  worker.unref();
  const probe: FreezeProbe = {
    async take() {
      worker.postMessage('take');
      const [message]: unknown[] = await once(worker, 'message');
      return Figures.parse(message);
    },
    async stop() {
      await worker.terminate();
    },
  };
  // The first request waits for a connection.
  await probe.take();
  return probe;
}

const IDLE_WINDOWS = 5;
const IDLE_WINDOW_MS = 300;

/**
 * Measures the longest response time of an idle server: the median of five windows, so that one hiccup of the machine
 * does not raise the limits that are added to it.
 * @returns milliseconds.
 */
export async function measureIdle(probe: FreezeProbe): Promise<number> {
  const longest: number[] = [];
  await probe.take();
  for (let count = 0; count < IDLE_WINDOWS; count++) {
    await pause(IDLE_WINDOW_MS);
    longest.push((await probe.take()).longestMs);
  }
  return longest.toSorted((a, b) => a - b)[Math.floor(IDLE_WINDOWS / 2)] ?? 0;
}

/**
 * Measures how long `work` froze a server: the longest response time of `/api/health` meanwhile, minus that of the idle
 * server just before.
 * @param url the server's origin; it may be in this process.
 * @param pid see `startFreezeProbe`.
 * @returns the result of the work, and the freeze in milliseconds.
 * @throws {Error} if requests of `/api/health` failed, and what `work` throws.
 */
export async function measureFreeze<T>(
  url: string,
  work: () => Promise<T>,
  pid?: number,
): Promise<{ result: T; idleMs: number; freezeMs: number }> {
  const probe = await startFreezeProbe(url, pid);
  try {
    const idleMs = await measureIdle(probe);
    const result = await work();
    const { longestMs, failures } = await probe.take();
    if (failures > 0) throw new Error(`${failures} requests of /api/health failed.`);
    return { result, idleMs, freezeMs: Math.max(0, longestMs - idleMs) };
  } finally {
    await probe.stop();
  }
}
