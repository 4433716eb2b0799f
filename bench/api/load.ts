import { z } from 'zod';
import { startProgram } from '../lib/process.ts';
import type { Call } from './calls.ts';

/** What one load came to. */
export const Measured = z.object({
  requestsPerSecond: z.number(),
  p99Ms: z.number(),
  /** Processor time of the server for each request, user and system, in microseconds. */
  cpuUs: z.number(),
  /** The share of its core that the load took, 0 to 1. */
  loadCore: z.number(),
  /** When the measured part began and ended, on the clock of `process.hrtime`, in microseconds. */
  fromUs: z.number(),
  toUs: z.number(),
});
export type Measured = z.output<typeof Measured>;

/** What bench/peers/load.main.ts is told. */
export interface LoadOrder extends Call {
  origin: string;
  /** The server's process. */
  pid: number;
  headers: Record<string, string>;
  /** How many connections, all kept, take part; 50 when it is left out. */
  connections?: number;
  warmUpSeconds: number;
  seconds: number;
}

/**
 * Calls a server over connections that are kept, in a process of its own.
 * @throws {Error} when an answer has another status than the call expects, or none comes.
 */
export async function putLoad(order: LoadOrder): Promise<Measured> {
  const load = await startProgram(['bench/peers/load.main.ts', JSON.stringify(order)], {
    core: 'load',
    ready: /^measured: (.*)$/m,
  });
  await load.stop();
  return Measured.parse(JSON.parse(load.match[1] ?? ''));
}
