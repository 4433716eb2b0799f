import type { ServerResponse } from 'node:http';
import type { AppError } from '#server/errors';
import { rejectionOf } from './reject.ts';

const FAILED = 500;

/**
 * Replaces a page that could not be rendered because a call was rejected. The replacement is a small page with the
 * status of the rejection. A server component cannot set a status, so Next.js itself would respond with 500. Call this
 * function before anything is written.
 * @param failureOf returns the error of the page, if the client should retry later.
 */
export function replaceFailedPage(res: ServerResponse, failureOf: () => AppError | undefined): void {
  const write = res.write.bind(res);
  const end = res.end.bind(res);
  const flushHeaders = res.flushHeaders.bind(res);
  let isDecided = false;
  let isReplaced = false;

  /** Returns true if the page was replaced. Then nothing else may be written. */
  function decide(): boolean {
    if (isDecided || res.headersSent) return isReplaced;
    isDecided = true;
    const failure = res.statusCode === FAILED ? failureOf() : undefined;
    if (!failure) return false;
    isReplaced = true;
    const { status, headers, body } = rejectionOf(failure, 'page');
    for (const name of res.getHeaderNames()) if (name !== 'vary') res.removeHeader(name);
    res.statusCode = status;
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
    if (res.req.method === 'HEAD') end();
    else end(body);
    return true;
  }

  res.flushHeaders = () => {
    if (!decide()) flushHeaders();
  };
  res.write = (...args: unknown[]) => {
    if (!decide()) return Reflect.apply(write, res, args) === true;
    for (const argument of args) if (typeof argument === 'function') process.nextTick(argument);
    return true;
  };
  res.end = (...args: unknown[]) => {
    if (!decide()) Reflect.apply(end, res, args);
    return res;
  };
}
