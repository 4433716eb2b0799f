import { setTimeout as pause } from 'node:timers/promises';
import { TRPCClientError } from '@trpc/client';
import { type ParsedResponse, type Caller, caller } from '#test/client';
import type { Recording } from './record.ts';

const RETRY_MS = 150;
/** How long a call is retried if no instance responds. */
const LIMIT_MS = 180_000;

/** Returns the origin for the next request: an instance or the proxy. */
export type Origins = () => string;

/** A client of the product. */
export interface Client {
  headers: Record<string, string>;
  origins: Origins;
  recording: Recording;
}

/** Thrown if no server responds. The client should retry. */
export class Outage extends Error {
  override name = 'Outage';
}

/** True if a call failed because an instance was killed. */
export function isOutage(error: unknown): boolean {
  // fetch() throws a TypeError for every network error. A tRPC error without data does not come from the product.
  return (
    error instanceof Outage ||
    error instanceof TypeError ||
    (error instanceof TRPCClientError && error.data === undefined)
  );
}

/** Returns the body of a successful response. @throws {Outage} if the proxy found no instance, otherwise an Error. */
export function bodyOf({ status, body }: ParsedResponse): unknown {
  if (status >= 200 && status < 300) return body;
  const text = JSON.stringify(body);
  throw status === 502 || status === 503 ? new Outage(text) : new Error(`status ${status}: ${text}`);
}

/**
 * Retries a call until it gets a response, each time at another origin. The call must be idempotent.
 * @throws the error of the product if it rejects the call.
 */
export async function retry<T>(
  { headers, origins, recording }: Client,
  call: (caller: Caller) => Promise<T>,
): Promise<T> {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    try {
      return await call(caller(origins(), headers, false));
    } catch (error) {
      if (!isOutage(error) || Date.now() > deadline) throw error;
      recording.resent += 1;
      await pause(RETRY_MS);
    }
  }
}
