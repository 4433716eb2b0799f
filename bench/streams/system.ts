import type { Counters } from './postgres.ts';

/** How the model of a question speaks; see provider.main.ts. */
export type ModelName = 'back-to-back' | 'paced' | 'idle';

/** A server that answers questions. */
export interface System {
  pid: number;
  port: number;
  /** Makes HTTP requests that each ask a question, with all that a person has done before asking. */
  questions: (model: ModelName, count: number) => Promise<string[]>;
  /** Asks one question; makes requests that follow its answer. There are none where only who asked can follow. */
  followers?: (model: ModelName, count: number) => Promise<{ question: string; requests: string[] }>;
  /** What the database has done so far. */
  counters?: () => Promise<Counters>;
  stop: () => Promise<void>;
}
