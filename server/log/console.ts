import { plainText } from './describe.ts';
import type { Logger } from './index.ts';

/**
 * Has `console.error` and `console.warn` write to the log, in the same form and with the same limits: Next.js and other libraries
 * print whole errors, with the parameters of failed statements. What they say is written only where it is plain words.
 * Other methods of the console stay as they are; Next.js says with them that it is ready.
 */
export function captureConsole(log: Logger): void {
  const writer =
    (level: 'error' | 'warn') =>
    (...said: unknown[]): void => {
      const error = said.find((each) => each instanceof Error || isErrorLike(each));
      const [words] = said.map(plainText).filter((text) => text !== undefined);
      log[level](
        { ...(error !== undefined && { err: error }), ...(words !== undefined && { words }) },
        'a library printed a message',
      );
    };
  console.error = writer('error');
  console.warn = writer('warn');
}

/** Errors of the modules that Next.js bundles may be of another realm. */
const isErrorLike = (value: unknown) => typeof value === 'object' && value !== null && 'stack' in value;
