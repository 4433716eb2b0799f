import { invalidInput } from '../errors/input.ts';
import { keyIn, memberAt, parsePath } from './path.ts';

/**
 * Checks superjson's `meta.referentialEqualities`, which say that one object stands in several places. All of them are
 * in the JSON, so there is nothing to apply. Only where an object is in itself, JSON has `null`, and so it has in a
 * client that is set to send each object once.
 * @throws {ApiError} INVALID_INPUT for these, and for what superjson does not write.
 */
export function checkEqualities(json: unknown, equalities: unknown, isLegacy: boolean): void {
  const [root, byPath] = Array.isArray(equalities) ? (equalities as unknown[]) : [undefined, equalities];
  if (root !== undefined) throw rejection('the input is in itself; send it without circular references');
  for (const [path, others] of Object.entries(byPath ?? {})) {
    const paths: unknown = Array.isArray(others) ? [path, ...(others as unknown[])] : null;
    if (!isTexts(paths)) throw rejection('meta.referentialEqualities is not what superjson writes');
    const sent = paths.filter((each) => isSent(json, each, isLegacy)).length;
    if (sent > 0 && sent < paths.length) {
      throw rejection(`${path.slice(0, 100)} is sent once but stands in two places; send it in each of them`);
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
