import type { UIMessage, UIMessageChunk } from 'ai';
import type { ProviderKeys } from '#server/models/index';
import type { Actor } from '#server/people/actor';
import type { RunFeed } from './run-feed.ts';
import type { OwnedRun } from './run-store.ts';

/** A run that was just committed and shall begin. */
export interface NewRun extends OwnedRun {
  /** What its model is asked. */
  conversation: Promise<UIMessage[]>;
  /** The keys of its owner, which win over the server's. */
  keys: ProviderKeys;
  /** The chunks of its first event, which is committed already. */
  opening: UIMessageChunk[];
  /** The answer it goes on with. */
  unfinished?: { id: string; parts: UIMessage['parts'] } | undefined;
  /** The question, when the chat shall get its title from this exchange. */
  titleFor: string | null;
  /** Gives back the place that the answer takes among those of this process. */
  leave: () => void;
}

/** The engine of one process: it writes answers, whoever reads them. */
export interface Runs {
  /**
   * Takes a place for an answer of a caller, to be given back with what is returned unless the answer is started.
   * @throws {AppError} TOO_MANY_REQUESTS when this process writes too many.
   */
  enter: (actor: Actor) => () => void;
  /** Begins to write the answer of a run. */
  start: (run: NewRun) => void;
  /** Events of a run after number `after`, from the log and then live, until it ends or `signal` is aborted. */
  follow: RunFeed['follow'];
  /**
   * Stops the answer being written in a chat, wherever it is; what is written stays.
   * @returns whether there was one. @throws {AppError} NOT_FOUND
   */
  stop: (actor: Actor, chatId: string) => Promise<boolean>;
  /**
   * Stops a run of a chat, wherever it is, and waits until it has ended; what is written stays.
   * @throws {AppError} RUN_ACTIVE if it does not end in time.
   */
  stopAndWait: (actor: Actor, chatId: string, runId: string) => Promise<void>;
  /** Stops those of the given runs that this process is working on. `tellToStop` tells the other instances. */
  stopHere: (runIds: string[]) => void;
  /** Stops all answers of a user, wherever they are; what is written stays. */
  stopAll: (userId: string) => Promise<void>;
  /** How many answers this process is writing. */
  activeCount: () => number;
  /**
   * Lets running answers end for `graceMs`, then hands the rest over as interrupted. Runs started meanwhile are
   * interrupted at once.
   */
  drain: (graceMs: number) => Promise<void>;
  /** Stops all upkeep; call it before the database is closed. */
  close: () => Promise<void>;
}
