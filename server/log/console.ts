import { plainText } from './describe.ts';
import type { Logger } from './index.ts';

/**
 * Redirects `console.error` and `console.warn` to the log, with its format and limits, because Next.js and other
 * libraries print whole errors, with the parameters of failed statements. Their messages are logged only if they are
 * plain words. Other methods of the console stay unchanged: Next.js uses them to report that it is ready.
 */
export function captureConsole(log: Logger): void {
  const writer =
    (level: 'error' | 'warn') =>
    (...args: unknown[]): void => {
      const error = args.find((arg) => arg instanceof Error || isErrorLike(arg));
      const [text] = args.map(plainText).filter((plain) => plain !== undefined);
      log[level](
        { ...(error !== undefined && { err: error }), ...(text !== undefined && { text }) },
        'a library printed a message',
      );
    };
  console.error = writer('error');
  console.warn = writer('warn');
}

/** Errors of modules that Next.js bundles may come from another realm, so `instanceof` does not recognize them. */
const isErrorLike = (value: unknown) => typeof value === 'object' && value !== null && 'stack' in value;
