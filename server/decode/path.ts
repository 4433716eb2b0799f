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
export const isContainer = (json: unknown): json is Record<string, unknown> =>
  typeof json === 'object' && json !== null;

/** A member of JSON by its key in a path; of lists, an index as it is written. @returns `undefined` if there is none. */
export function memberAt(json: unknown, key: string): unknown {
  if (!isContainer(json)) return undefined;
  // What is in JSON is never undefined.
  if (Array.isArray(json)) return isIndex(key) ? json[key] : undefined;
  return Object.hasOwn(json, key) ? json[key] : undefined;
}

const isIndex = (key: string) => String(Number(key)) === key;
