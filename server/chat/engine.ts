import type { UIMessageChunk } from 'ai';
import type { ProviderKeys } from '#server/models/index';
import type { Actor } from '#server/people/actor';
import type { Conversation } from './context.ts';
import type { RunFeed } from './run-feed.ts';
import type { OwnedRun } from './run-store.ts';

/** An attempt of a run that was just committed and is about to start. */
export interface NewRun extends OwnedRun {
  /** The messages that its model gets. */
  conversation: Promise<Conversation>;
  /** The system message for its model. */
  instructions: string;
  /** The temperature of its chat; `null` for the default of the model. */
  temperature: number | null;
  /** The keys of its owner, which take precedence over the server's. */
  keys: ProviderKeys;
  /** All chunks of its log so far. */
  opening: readonly UIMessageChunk[];
  /** The last event of its log, which has already been committed. */
  last: { seq: number; chunks: string };
  /** True if another instance has begun it. */
  isTakenOver?: true;
  /** The question, if the chat gets its title from this exchange. */
  titleFor: string | null;
  /** Releases the place that the answer takes among those of this process. */
  leave: () => void;
}

/** The engine of one process. It writes answers independently of their readers. */
export interface Runs {
  /**
   * Takes a place for an answer of a caller.
   * @returns a function that releases the place. Call it if the answer is not started.
   * @throws {AppError} TOO_MANY_REQUESTS if this process is writing too many answers.
   */
  enter: (actor: Actor) => () => void;
  /** Starts to write the answer of a run. */
  start: (run: NewRun) => void;
  /**
   * Yields the events of a run after number `after`, from the log and then live, until it ends or `signal` is aborted.
   */
  follow: RunFeed['follow'];
  /** Returns the chunks of a run that are committed so far. */
  written: (runId: string) => Promise<readonly UIMessageChunk[]>;
  /**
   * Stops the answer being written in a chat, on any instance. The text so far is kept.
   * @returns true if there was one. @throws {AppError} NOT_FOUND
   */
  stop: (actor: Actor, chatId: string) => Promise<boolean>;
  /**
   * Stops a run of a chat, on any instance, and waits until it has ended. The text so far is kept.
   * @throws {AppError} RUN_ACTIVE if it does not end in time.
   */
  stopAndWait: (actor: Actor, chatId: string, runId: string) => Promise<void>;
  /** Stops those of the given runs that this process is writing. `notifyStop` notifies the other instances. */
  stopHere: (runIds: string[]) => void;
  /** Stops all answers of a user, on any instance. The text so far is kept. */
  stopAll: (userId: string) => Promise<void>;
  /** Returns how many answers this process is writing. */
  activeCount: () => number;
  /**
   * Waits up to `graceMs` for running answers, or until `hurry` is aborted, then releases the rest, so that another instance or the next start
   * continues them. Runs started after that are released at once. With `AI_CONTINUE_ANSWERS=false`, they end as
   * interrupted instead.
   */
  drain: (graceMs: number, hurry?: AbortSignal) => Promise<void>;
  /** Stops all periodic work. Call it before the database is closed. */
  close: () => Promise<void>;
}
