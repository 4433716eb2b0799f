import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';

const Figures = z.object({ responses: z.int(), failures: z.int(), longestMs: z.number() });

/** What a probe has seen: responses of status 200, requests without one, and how long the slowest took. */
export type FreezeFigures = z.output<typeof Figures>;

/** Asks a server's `/api/health` every 5 ms from a thread of its own, so that work in this thread does not count. */
export interface FreezeProbe {
  /** What it has seen since the last `take`, and until a request after this one has its response. */
  take: () => Promise<FreezeFigures>;
  stop: () => Promise<void>;
}

/**
 * Starts a probe of a server.
 * @param url the server's origin.
 * @param pid the process whose main thread serves. With it, the time in which that thread or the probe was ready to run
 *   and had no core does not count: other programs on a busy machine freeze nothing.
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

const CALM_WINDOWS = 5;
const CALM_WINDOW_MS = 300;

/**
 * The longest response time of a calm server: the middle one of five windows, so that one hiccup of the machine does
 * not make the limits that are added to it lax.
 * @returns milliseconds.
 */
export async function measureCalm(probe: FreezeProbe): Promise<number> {
  const longest: number[] = [];
  await probe.take();
  for (let count = 0; count < CALM_WINDOWS; count++) {
    await pause(CALM_WINDOW_MS);
    longest.push((await probe.take()).longestMs);
  }
  return longest.toSorted((a, b) => a - b)[Math.floor(CALM_WINDOWS / 2)] ?? 0;
}

/**
 * How long a piece of work froze a server: the longest response time of `/api/health` meanwhile, above that of the calm
 * server just before.
 * @param url the server's origin; it may be in this process.
 * @param pid see `startFreezeProbe`.
 * @returns what the work gave, and the freeze in milliseconds.
 * @throws {Error} when `/api/health` was not answered, and what `work` throws.
 */
export async function measureFreeze<T>(
  url: string,
  work: () => Promise<T>,
  pid?: number,
): Promise<{ result: T; calmMs: number; freezeMs: number }> {
  const probe = await startFreezeProbe(url, pid);
  try {
    const calmMs = await measureCalm(probe);
    const result = await work();
    const { longestMs, failures } = await probe.take();
    if (failures > 0) throw new Error(`/api/health was not answered ${failures} times.`);
    return { result, calmMs, freezeMs: Math.max(0, longestMs - calmMs) };
  } finally {
    await probe.stop();
  }
}
