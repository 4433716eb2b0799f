/**
 * Reports how far a call has come.
 * @param progress a number that increases, such as the items done.
 * @param message a sentence for people.
 */
export type ReportProgress = (progress: number, message?: string) => void;

const reporters = new WeakMap<AbortSignal, ReportProgress>();

/**
 * Returns the function with which a procedure reports its progress; `undefined` if its caller does not want to know it.
 * @param signal the signal that the procedure has received.
 */
export const progressOf = (signal: AbortSignal | undefined): ReportProgress | undefined =>
  signal && reporters.get(signal);

/** Sends at most one report in this time, in milliseconds. */
const INTERVAL_MS = 250;

/**
 * Lets the procedure that receives `signal` report its progress. Reports that do not increase, that come too soon after
 * another one or after the end of the call are not sent.
 */
export function offerProgress(signal: AbortSignal, send: ReportProgress): void {
  let last = 0;
  let next = 0;
  reporters.set(signal, (progress, message) => {
    const now = performance.now();
    if (signal.aborted || now < next || !(progress > last)) return;
    last = progress;
    next = now + INTERVAL_MS;
    send(progress, message);
  });
}
