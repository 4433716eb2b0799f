import { invalidInput } from '../errors/input.ts';
import { keyIn, memberAt, parsePath } from './path.ts';

/**
 * Checks superjson's `meta.referentialEqualities`, which list the places of an object that occurs more than once. The
 * JSON repeats the object in each place, so there is nothing to apply. There are two exceptions, in which the JSON has
 * `null`: an object that contains itself, and a client with `dedupe`, which sends each object once.
 * @throws {ApiError} INVALID_INPUT for these two, and for entries that superjson does not write.
 */
export function checkEqualities(json: unknown, equalities: unknown, isLegacy: boolean): void {
  const [root, byPath] = Array.isArray(equalities) ? (equalities as unknown[]) : [undefined, equalities];
  if (root !== undefined) throw rejection('the input contains itself; send it without circular references');
  for (const [path, others] of Object.entries(byPath ?? {})) {
    const paths: unknown = Array.isArray(others) ? [path, ...(others as unknown[])] : null;
    if (!isTexts(paths)) throw rejection("meta.referentialEqualities is not in superjson's form");
    const sent = paths.filter((each) => isSent(json, each, isLegacy)).length;
    if (sent > 0 && sent < paths.length) {
      throw rejection(`${path.slice(0, 100)} is in two places but was sent once; send it in each of them`);
    }
  }
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

function isSent(json: unknown, path: string, isLegacy: boolean): boolean {
  let value = json;
  for (const key of parsePath(path, isLegacy) ?? ['']) {
    value = memberAt(value, keyIn(value, key));
    if (value === undefined) return false;
  }
  return value !== null;
}

const rejection = (message: string) => invalidInput([{ pointer: '', message }]);
