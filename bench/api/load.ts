import { z } from 'zod';
import { startProgram } from '../lib/process.ts';
import type { Call } from './calls.ts';

/** The result of one load. */
export const Measured = z.object({
  requests: z.number(),
  requestsPerSecond: z.number(),
  p99Ms: z.number(),
  /** The server's CPU time per request, user and system, in microseconds. */
  cpuUs: z.number(),
  /** The share of its core that the load generator used, 0 to 1. */
  loadCore: z.number(),
  /** The start and end of the measured part, on the clock of `process.hrtime`, in microseconds. */
  fromUs: z.number(),
  toUs: z.number(),
});
export type Measured = z.output<typeof Measured>;

/** Above this share of its core, a program limits the requests per second. */
export const BUSY = 0.9;

const US_PER_SECOND = 1e6;

/** Returns the share of its core that the server used, 0 to 1. */
export function serverCoreOf({
  requestsPerSecond,
  cpuUs,
}: Pick<Measured, 'requestsPerSecond' | 'cpuUs'>): number {
  return (requestsPerSecond * cpuUs) / US_PER_SECOND;
}

/** True if other programs used the cores of the server and the load generator, because neither was busy. */
export function isDisturbed(measured: Measured): boolean {
  return serverCoreOf(measured) < BUSY && measured.loadCore < BUSY;
}

/** The argument of bench/peers/load.main.ts. */
export interface LoadOrder {
  origin: string;
  /** The id of the server's process. */
  pid: number;
  /** Each connection repeats these calls in this order, from a different start. */
  calls: Call[];
  /** The headers of all calls. */
  headers: Record<string, string>;
  /** The number of keep-alive connections; 50 by default. */
  connections?: number;
  /** If 0, the load generator warms up on a server of its own, so that it does not slow down the first second. */
  warmUpSeconds: number;
  seconds: number;
}

/**
 * Sends requests to a server over keep-alive connections, from a separate process.
 * @throws {Error} if a response has an unexpected status, or a request gets no response.
 */
export async function putLoad(order: LoadOrder): Promise<Measured> {
  const load = await startProgram(['bench/peers/load.main.ts', JSON.stringify(order)], {
    core: 'load',
    ready: /^measured: (.*)$/m,
  });
  await load.stop();
  return Measured.parse(JSON.parse(load.match[1] ?? ''));
}
