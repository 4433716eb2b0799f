import { invalidInput } from '../errors/input.ts';
import { MAX_JSON_DEPTH } from '../limits.ts';
import { isContainer, keyIn, memberAt, parsePath } from './path.ts';

/**
 * Checks the annotations of an input for a superjson with registered types, which must apply them itself. It applies
 * whatever a caller sends: it would create a typed array of any length from a number, and copy a long path for each of
 * the annotations below it.
 * @param payload the input in superjson's form, `{ json, meta }`. Its depth and number of values have been checked.
 * @throws {ApiError} INVALID_INPUT for a path that cannot exist, and a typed array that is not sent as a list.
 */
export function checkAnnotations(payload: unknown): void {
  if (!isContainer(payload) || !isContainer(payload['meta'])) return;
  const { values, referentialEqualities: equalities, v = 0 } = payload['meta'];
  const isLegacy = Number(v) < 1;
  checkTree(payload['json'], values, 0, isLegacy);
  const [first, second] = Array.isArray(equalities) ? (equalities as unknown[]) : [[], equalities];
  for (const [path, others] of [['', first] as const, ...Object.entries(second ?? {})]) {
    const paths: unknown[] = Array.isArray(others) ? [path, ...(others as unknown[])] : [path];
    for (const each of paths) if (typeof each === 'string') checkDepth(each, 0, isLegacy);
  }
}

/** Checks a tree of annotations: `[annotation, members]` for a value, or an object of trees by path. */
function checkTree(json: unknown, tree: unknown, depth: number, isLegacy: boolean): void {
  if (!isContainer(tree)) return;
  let members: unknown = tree;
  if (Array.isArray(tree)) {
    const [annotation, inner] = tree as unknown[];
    const isTypedArray = Array.isArray(annotation) && annotation[0] === 'typed-array';
    if (isTypedArray && !Array.isArray(json)) throw rejection('a typed array must be sent as a list');
    members = inner;
  }
  if (!isContainer(members)) return;
  for (const [path, member] of Object.entries(members)) {
    const keys = checkDepth(path, depth, isLegacy);
    const value = keys.reduce((at, key) => memberAt(at, keyIn(at, key)), json);
    checkTree(value, member, depth + keys.length, isLegacy);
  }
}

/** Returns the keys of a path. @throws {ApiError} INVALID_INPUT for a path that leads deeper than JSON can be. */
function checkDepth(path: string, depth: number, isLegacy: boolean): string[] {
  const keys = parsePath(path, isLegacy);
  if (!keys || depth + keys.length > MAX_JSON_DEPTH) throw rejection('an annotation has an invalid path');
  return keys;
}

/**
 * Returns the number of values in an input, counting an object again in each place where it occurs, as a schema visits
 * it. `Infinity` for an object that contains itself.
 */
export function expandedSize(value: unknown, sizes = new Map<object, number>()): number {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return 1;
  const known = sizes.get(value);
  if (known !== undefined) return known;
  // Until its members are counted, the object occurs only inside itself.
  sizes.set(value, Infinity);
  let size = 1;
  for (const member of membersOf(value)) size += expandedSize(member, sizes);
  sizes.set(value, size);
  return size;
}

function membersOf(value: object): readonly unknown[] {
  if (value instanceof Map) return [...value].flat();
  return value instanceof Set ? [...value] : Object.values(value);
}

const rejection = (message: string) => invalidInput([{ pointer: '', message }]);
