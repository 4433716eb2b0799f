import type { Counters } from './postgres.ts';

/** The models of provider.main.ts, which differ in pace. */
export type ModelName = 'back-to-back' | 'paced' | 'idle';

/** A server that answers questions. */
export interface System {
  pid: number;
  port: number;
  /** Does what precedes a question, such as creating its chat, and returns HTTP requests that each ask one. */
  questions: (model: ModelName, count: number) => Promise<string[]>;
  /** Returns a request that asks, and requests that follow the answer; missing if only the asker can read it. */
  followers?: (model: ModelName, count: number) => Promise<{ question: string; requests: string[] }>;
  /** Returns the current counters of the database. */
  counters?: () => Promise<Counters>;
  stop: () => Promise<void>;
}
