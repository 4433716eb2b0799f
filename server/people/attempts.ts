import { type ApiError, tooMany } from '#layer/index';
import { metrics } from '#server/metrics/instruments';

/**
 * Returns the error for a caller that has made too many attempts, TOO_MANY_REQUESTS, and counts it.
 * @param counted the attempts in the plural.
 * @param seconds the time until a retry, in seconds.
 */
export function tooManyAttempts(counted: string, seconds: number): ApiError {
  metrics.rejections.add(1, 'attempts');
  return tooMany(counted, seconds);
}
