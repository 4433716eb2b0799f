import { addressKey } from '#layer/index';
import type { Env } from '#server/env';
import { AppError } from '#server/errors';
import { metrics } from '#server/metrics/instruments';
import type { Actor } from '#server/people/actor';

/** Seconds after which a rejected caller may retry. The end of an answer is not known in advance. Most take seconds. */
const RETRY_AFTER = 5;

/** The error for a call that would exceed a limit of running answers. */
export function tooManyAnswers(detail: string): AppError {
  metrics.rejections.add(1, 'answers');
  return new AppError('TOO_MANY_REQUESTS', { detail, retryAfter: RETRY_AFTER });
}

type Limits = Pick<Env, 'AI_ANSWERS_PER_INSTANCE' | 'AI_ANSWERS_PER_ADDRESS'>;

/**
 * Counts the answers that this process is writing, in total and by the IP address of guests. Guest accounts are free,
 * so a limit per user alone would have no effect on guests.
 */
export function createRunPlaces({ AI_ANSWERS_PER_INSTANCE, AI_ANSWERS_PER_ADDRESS }: Limits) {
  let taken = 0;
  const byAddress = new Map<string, number>();

  /**
   * Takes a place for an answer.
   * @param caller `null` for an answer that another instance has begun. It gets a place in any case.
   * @returns a function that releases it.
   * @throws {AppError} TOO_MANY_REQUESTS if there is none.
   */
  function enter(caller: Pick<Actor, 'isGuest' | 'request'> | null): () => void {
    if (caller && taken >= AI_ANSWERS_PER_INSTANCE) {
      throw tooManyAnswers('This server is writing as many answers as it can. Try again in a few seconds.');
    }
    // Guests with an unknown IP address share one limit.
    const address = caller?.isGuest ? addressKey(caller.request.ip) : null;
    const ofAddress = address === null ? 0 : (byAddress.get(address) ?? 0);
    if (ofAddress >= AI_ANSWERS_PER_ADDRESS) {
      throw tooManyAnswers(
        `${ofAddress} answers are being written for guests of your network. Wait for one to end, or sign up.`,
      );
    }
    taken++;
    if (address !== null) byAddress.set(address, ofAddress + 1);
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      taken--;
      if (address === null) return;
      const left = (byAddress.get(address) ?? 1) - 1;
      if (left > 0) byAddress.set(address, left);
      else byAddress.delete(address);
    };
  }

  return {
    enter,
    /** Returns how many answers this process is writing, with summaries. */
    taken: () => taken,
    /** Returns how many more answers this process may write. */
    free: () => Math.max(0, AI_ANSWERS_PER_INSTANCE - taken),
  };
}
