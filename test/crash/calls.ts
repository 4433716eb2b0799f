import { setTimeout as pause } from 'node:timers/promises';
import { TRPCClientError } from '@trpc/client';
import { type ParsedResponse, type Caller, caller } from '#test/client';
import type { Recording } from './record.ts';

const RETRY_MS = 150;
/** How long no instance may be there for a call. */
const LIMIT_MS = 180_000;

/** Where to find the product: gives another origin each time, of an instance or of the proxy. */
export type Origins = () => string;

/** Somebody who uses the product from anywhere. */
export interface Client {
  headers: Record<string, string>;
  origins: Origins;
  recording: Recording;
}

/** Thrown when there was nobody to answer a call: the client is to try again. */
export class Outage extends Error {
  override name = 'Outage';
}

/** Whether a call failed because an instance was killed. */
export function isOutage(error: unknown): boolean {
  // fetch() throws a TypeError for every failure of the network; a tRPC error without data did not come from the product.
  return (
    error instanceof Outage ||
    error instanceof TypeError ||
    (error instanceof TRPCClientError && error.data === undefined)
  );
}

/** The body of a successful answer. @throws {Outage} when the proxy had nobody to ask. @throws {Error} otherwise. */
export function bodyOf({ status, body }: ParsedResponse): unknown {
  if (status >= 200 && status < 300) return body;
  const text = JSON.stringify(body);
  throw status === 502 || status === 503 ? new Outage(text) : new Error(`was answered ${status}: ${text}`);
}

/**
 * Makes a call until it is answered, each time to another origin, so it has to be one that may be repeated.
 * @throws what the product answers when it refuses.
 */
export async function insist<T>(
  { headers, origins, recording }: Client,
  call: (caller: Caller) => Promise<T>,
): Promise<T> {
  const giveUpAt = Date.now() + LIMIT_MS;
  for (;;) {
    try {
      return await call(caller(origins(), headers, false));
    } catch (error) {
      if (!isOutage(error) || Date.now() > giveUpAt) throw error;
      recording.resent += 1;
      await pause(RETRY_MS);
    }
  }
}
