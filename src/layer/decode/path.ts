/**
 * Parses a path of superjson: keys with dots between them. In paths with a version, a dot and a backslash in a key are
 * escaped; in older paths, only a dot.
 * @param isLegacy true if the path has no version.
 * @returns the keys; `null` for a path that superjson does not write.
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

/** True if a value of JSON has members: an object or a list. */
export const isContainer = (json: unknown): json is Record<string | number, unknown> =>
  typeof json === 'object' && json !== null;

/**
 * Returns the key to look up: the name, or its index in a list; -1 for a name that superjson does not write as an
 * index.
 */
export const keyIn = (json: unknown, name: string): string | number =>
  Array.isArray(json) ? indexOf(name) : name;

/**
 * Returns a member of JSON by its key, or by its index in a list; `undefined` if there is none. JSON has no
 * `undefined`.
 */
export function memberAt(json: unknown, key: string | number): unknown {
  if (Array.isArray(json)) return typeof key === 'number' ? json[key] : undefined;
  if (!isContainer(json)) return undefined;
  return Object.hasOwn(json, key) ? json[key] : undefined;
}

const ZERO = 0x30;
const NINE = 0x39;
/** Indexes with more digits cannot exist: a request body is too small for such a list. */
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
