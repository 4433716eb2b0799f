import type { Logger } from '#server/log/index';
import type { Receiver, Receivers } from './receivers.ts';

/** How long a request may take, in milliseconds. */
const TIMEOUT_MS = 10_000;
/** How long the last requests may take when the process ends, in milliseconds. */
const CLOSE_MS = 3_000;

/** Sends a body. It never throws. @returns true if the receiver accepted it. */
export type Send = (body: string) => Promise<boolean>;

/** Sends to a receiver of OTLP over HTTP, in JSON. */
export interface Sender {
  /** Sends what waits, unless that is being done. It never waits. */
  flush: () => void;
  /** True if nothing is sent any more. */
  isClosed: () => boolean;
  /** Sends what waits, for 3 seconds at most. */
  close: () => Promise<void>;
}

/**
 * Creates a sender. It sends one request at a time. What is not accepted is not sent again, but logged.
 * @param signal what it sends, for the log.
 * @param work sends what waits. It runs once at a time, and must not start a request before the last one has ended.
 */
export function createSender(
  { url, headers }: Receiver,
  signal: keyof Receivers,
  log: Logger,
  work: (send: Send) => Promise<void>,
): Sender {
  const closing = new AbortController();

  async function send(body: string): Promise<boolean> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { ...Object.fromEntries(headers), 'content-type': 'application/json' },
        body,
        // The headers are secret.
        redirect: 'error',
        signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), closing.signal]),
      });
      await response.body?.cancel();
      if (response.ok) return true;
      log.warn({ status: response.status }, `the receiver of ${signal} rejected them`);
    } catch (err) {
      log.warn({ err }, `failed to send ${signal}`);
    }
    return false;
  }

  async function attempt(): Promise<void> {
    if (closing.signal.aborted) return;
    try {
      await work(send);
    } catch (err) {
      log.warn({ err }, `failed to send ${signal}`);
    }
  }

  let running: Promise<void> | undefined;
  const sendAll = () =>
    (running ??= attempt().finally(() => {
      running = undefined;
    }));

  return {
    flush: () => void sendAll(),
    isClosed: () => closing.signal.aborted,
    async close() {
      const limit = setTimeout(() => {
        closing.abort();
      }, CLOSE_MS);
      // Work that has already begun may lack the last changes.
      await running;
      await sendAll();
      clearTimeout(limit);
      closing.abort();
    },
  };
}
