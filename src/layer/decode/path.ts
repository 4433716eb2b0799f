/**
 * Reads a path of superjson: keys with dots between them. Since its paths have a version, a backslash in a key is
 * escaped as well as a dot; before, a dot only.
 * @param isLegacy whether the path has no version.
 * @returns `null` for a path that superjson does not write.
 */
export function parsePath(path: string, isLegacy: boolean): string[] | null {
  if (!path.includes('\\')) return path.includes('.') ? path.split('.') : [path];
  const keys: string[] = [];
  let key = '';
  for (let i = 0; i < path.length; i++) {
    const char = path[i] ?? '';
    const next = path[i + 1];
    if (char === '.') {
      keys.push(key);
      key = '';
    } else if (char === '\\' && (next === '.' || (next === '\\' && !isLegacy))) {
      key += next;
      i++;
    } else if (char === '\\' && !isLegacy) return null;
    else key += char;
  }
  keys.push(key);
  return keys;
}

/** True for what has members: an object or a list of JSON. */
export const isContainer = (json: unknown): json is Record<string | number, unknown> =>
  typeof json === 'object' && json !== null;

/** How a key of a path is looked up: in a list by its index, which is -1 for what superjson does not write as one. */
export const keyIn = (json: unknown, name: string): string | number =>
  Array.isArray(json) ? indexOf(name) : name;

/** A member of JSON by its key, of lists by its index. @returns `undefined` if there is none. */
export function memberAt(json: unknown, key: string | number): unknown {
  // What is in JSON is never undefined.
  if (Array.isArray(json)) return typeof key === 'number' ? json[key] : undefined;
  if (!isContainer(json)) return undefined;
  return Object.hasOwn(json, key) ? json[key] : undefined;
}

const ZERO = 0x30;
const NINE = 0x39;
/** No list that is sent is longer. */
const MAX_DIGITS = 9;

function indexOf(name: string): number {
  const { length } = name;
  if (length === 0 || length > MAX_DIGITS || (length > 1 && name.charCodeAt(0) === ZERO)) return -1;
  let index = 0;
  for (let i = 0; i < length; i++) {
    const digit = name.charCodeAt(i);
    if (digit < ZERO || digit > NINE) return -1;
    index = index * 10 + digit - ZERO;
  }
  return index;
}
