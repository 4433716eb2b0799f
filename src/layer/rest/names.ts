import { invalidInput } from '../errors/input.ts';
import { issuesOf, pointerTo } from '../errors/rejection.ts';
import { tooMany } from '../http/json.ts';
import { MAX_JSON_DEPTH } from '../limits.ts';
import { BracketNode } from './text.ts';

/** The values of a request by the names of the input's fields. */
export type Fields = Record<string, unknown>;

/** The values that were sent under one name, and those under the same name with brackets. */
interface Node {
  values: unknown[];
  isList: boolean;
  children: Map<string, Node>;
}

const newNode = (): Node => ({ values: [], isList: false, children: new Map() });

const BRACKET = /[[\]]/;

/**
 * Returns the path of a name in the input: `filter[a][b]` is `['filter', 'a', 'b']`. If the input has a field with the
 * whole name, brackets included, the path is that field. A path that is too long is cut after the first excess key.
 */
export function pathOf(name: string, isField: (name: string) => boolean): string[] {
  const start = name.indexOf('[');
  if (start < 1 || !name.endsWith(']') || isField(name)) return [name];
  const keys = name.slice(start + 1, -1).split('][', MAX_JSON_DEPTH);
  const path = [name.slice(0, start), ...keys];
  return path.some((key) => BRACKET.test(key)) ? [name] : path;
}

/**
 * Returns the fields of a query or a form. A name that is sent more than once becomes a list, `tags[]` a list even if
 * it is sent once, and `filter[a]=b` an object.
 * @param isField true if the input has a field with a name.
 * @param maxValues the maximum number of values that the names may create.
 * @throws {ApiError} INVALID_INPUT for a name that is not valid, BAD_REQUEST for too many values.
 */
export function fieldsFrom(
  pairs: Iterable<readonly [name: string, value: unknown]>,
  isField: (name: string) => boolean,
  maxValues: number,
): Fields {
  const root = newNode();
  let created = 0;
  function childOf({ children }: Node, key: string): Node {
    const known = children.get(key);
    if (known) return known;
    if (++created > maxValues) throw tooMany(maxValues);
    const child = newNode();
    children.set(key, child);
    return child;
  }
  for (const [name, value] of pairs) {
    const path = pathOf(name, isField);
    const fail = (message: string) => invalidInput([{ pointer: pointerTo(path), message }]);
    if (path.includes('__proto__')) throw fail('has a name that is not allowed');
    if (path.length > MAX_JSON_DEPTH) throw fail(`nests more than ${MAX_JSON_DEPTH} levels deep`);
    const isList = path.length > 1 && path.at(-1) === '';
    const keys = isList ? path.slice(0, -1) : path;
    if (keys.slice(1).includes(''))
      throw fail('has [] before the end of its name; number the items: [0], [1]');
    const node = keys.reduce(childOf, root);
    node.values.push(value);
    node.isList ||= isList;
  }
  return Object.fromEntries([...root.children].map(([name, node]) => [name, valueOf(node, [name])]));
}

function valueOf({ values, isList, children }: Node, path: string[]): unknown {
  if (children.size === 0) return isList || values.length > 1 ? values : values[0];
  if (values.length > 0) {
    throw invalidInput([{ pointer: pointerTo(path), message: 'is sent both as a value and with brackets' }]);
  }
  return new BracketNode(new Map([...children].map(([key, node]) => [key, valueOf(node, [...path, key])])));
}

/** Rejects fields that must not be sent. @throws {ApiError} INVALID_INPUT if there are any, with an issue for each. */
export function rejectFields(names: string[], message: string): void {
  if (names.length > 0)
    throw invalidInput(issuesOf(names, (name) => ({ pointer: pointerTo([name]), message })));
}
