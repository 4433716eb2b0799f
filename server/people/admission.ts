import {
  all,
  andThen,
  type Budgets,
  type CallLimit,
  type CountedProcedure,
  type Eventual,
  type HeaderList,
  type RateLimits,
} from '#layer/index';
import type { AppError } from '#server/errors';
import type { Actor, RequestInfo } from './actor.ts';
import { metrics } from '#server/metrics/instruments';
import { budgetsOf } from './budgets.ts';

/** The error that a call is rejected with; `undefined` if the call is admitted. */
export type Rejection = AppError | undefined;

/** The parts of a request that its admission needs. */
export interface Applicant {
  rateLimits: RateLimits;
  request: Pick<RequestInfo, 'ip'>;
  authenticate: () => Eventual<Actor | null>;
  /** Receives the headers that report what is left of the limits. */
  responseHeaders: HeaderList;
}

const countRejection = () => {
  metrics.rejections.add(1, 'calls');
};

/** For requests that reach no procedure. */
const NO_PROCEDURE: readonly undefined[] = [undefined];

/**
 * Decides whose limits a request counts against, before its body is read. A surface admits the calls of a request as
 * soon as the head of the request names them. The procedures then do not count them again. Without admission (callers
 * in the same process), each procedure counts its own call.
 */
export class Admission {
  readonly #applicant: Applicant;
  #calls: readonly (CountedProcedure | undefined)[] | undefined;
  #rejections: readonly Rejection[] = [];
  #budgets: Budgets | undefined;
  #paysForBytes = false;

  constructor(applicant: Applicant) {
    this.#applicant = applicant;
  }

  /** True once the calls of the request are being counted. */
  get isRequested(): boolean {
    return this.#calls !== undefined;
  }

  /** The names of the procedures that the request calls, if its surface has admitted them. Used in the log. */
  get procedures(): string[] {
    return this.#calls?.flatMap((call) => call?.name ?? []) ?? [];
  }

  /**
   * Authenticates the request and counts its calls.
   * @param calls the procedure of each call; `undefined` for a call that reaches no procedure.
   * @returns for each call, in the same order, its rejection with TOO_MANY_REQUESTS.
   */
  admit(calls: readonly (CountedProcedure | undefined)[]): Eventual<readonly Rejection[]> {
    const { rateLimits, request, authenticate, responseHeaders } = this.#applicant;
    this.#calls = calls;
    return andThen(authenticate(), (actor) => {
      const budgets = budgetsOf(actor, request.ip);
      this.#budgets = budgets;
      this.#paysForBytes = actor === null || actor.isGuest;
      const rejections = calls.map((call) => rateLimits.count(budgets, call, 'all', responseHeaders));
      return andThen(all(rejections), (known) => {
        for (const rejection of known) if (rejection) countRejection();
        return (this.#rejections = known);
      });
    });
  }

  /**
   * Admits a request that consists of one call.
   * @throws {AppError} TOO_MANY_REQUESTS
   */
  async admitOne(procedure?: CountedProcedure): Promise<void> {
    const [rejection] = await this.admit(procedure ? [procedure] : NO_PROCEDURE);
    if (rejection) throw rejection;
  }

  /**
   * Charges bytes of the body to the budgets of the caller.
   * @throws {AppError} TOO_MANY_REQUESTS if they do not fit.
   * @throws {Error} if the request is not admitted yet.
   */
  takeBytes(bytes: number): void {
    if (!this.#budgets) throw new Error('A body was read before its request was admitted.');
    if (!this.#paysForBytes) return;
    try {
      this.#applicant.rateLimits.takeBytes(this.#budgets, bytes);
    } catch (error) {
      metrics.rejections.add(1, 'bytes');
      throw error;
    }
  }

  /**
   * Counts the call of a procedure, unless it was already counted.
   * @param index the position of the call in its batch.
   * @throws {AppError} TOO_MANY_REQUESTS
   */
  enter(name: string, rateLimit: CallLimit | undefined, index: number): Eventual<void> {
    if (this.#calls && this.#calls[index]?.name === name) {
      const rejection = this.#rejections[index];
      if (rejection) throw rejection;
      return;
    }
    const { rateLimits, authenticate, request, responseHeaders } = this.#applicant;
    const counts = this.#calls ? 'own' : 'all';
    const procedure = { name, rateLimit };
    if (!rateLimit && !(counts === 'all' && rateLimits.countsCalls)) return;
    return andThen(authenticate(), (actor) => {
      // A page is rendered without knowing the IP address of its client.
      const budgets: Budgets | null =
        request.ip !== null || this.#calls ? budgetsOf(actor, request.ip) : actor && [actor.userId];
      const counted = budgets && rateLimits.count(budgets, procedure, counts, responseHeaders);
      return andThen(counted, (rejection) => {
        if (!rejection) return;
        countRejection();
        throw rejection;
      });
    });
  }
}
