import { invalidInput } from '../errors/input.ts';
import { issuesOf, pointerTo } from '../errors/rejection.ts';
import { tooMany } from '../http/json.ts';
import { MAX_JSON_DEPTH } from '../limits.ts';
import { BracketNode } from './text.ts';

/** The values of a request by the names of the input's fields. */
export type Fields = Record<string, unknown>;

/** What was given under one name: itself, and under names in brackets behind it. */
interface Node {
  values: unknown[];
  isList: boolean;
  children: Map<string, Node>;
}

const newNode = (): Node => ({ values: [], isList: false, children: new Map() });

const BRACKET = /[[\]]/;

/**
 * A name as the path into the input: `filter[a][b]` is `['filter', 'a', 'b']`. A name that the input has is that,
 * brackets or not. A path that is too long is cut behind the first key too many.
 */
export function pathOf(name: string, isField: (name: string) => boolean): string[] {
  const start = name.indexOf('[');
  if (start < 1 || !name.endsWith(']') || isField(name)) return [name];
  const keys = name.slice(start + 1, -1).split('][', MAX_JSON_DEPTH);
  const path = [name.slice(0, start), ...keys];
  return path.some((key) => BRACKET.test(key)) ? [name] : path;
}

/**
 * The fields that the pairs of a query or a form make: a name that is given more than once is a list, `tags[]` is one
 * also when it is given once, and `filter[a]=b` is an object.
 * @param isField whether the input has a field of that name.
 * @param maxValues how many values the names may make.
 * @throws {ApiError} INVALID_INPUT with the name that cannot be meant, BAD_REQUEST for more values.
 */
export function fieldsFrom(
  pairs: Iterable<readonly [name: string, value: unknown]>,
  isField: (name: string) => boolean,
  maxValues: number,
): Fields {
  const root = newNode();
  let made = 0;
  function childOf({ children }: Node, key: string): Node {
    const known = children.get(key);
    if (known) return known;
    if (++made > maxValues) throw tooMany(maxValues);
    const child = newNode();
    children.set(key, child);
    return child;
  }
  for (const [name, value] of pairs) {
    const path = pathOf(name, isField);
    const fail = (message: string) => invalidInput([{ pointer: pointerTo(path), message }]);
    if (path.includes('__proto__')) throw fail('has a name that is not accepted');
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
    throw invalidInput([{ pointer: pointerTo(path), message: 'is given both as a value and with brackets' }]);
  }
  return new BracketNode(new Map([...children].map(([key, node]) => [key, valueOf(node, [...path, key])])));
}

/** @throws {ApiError} INVALID_INPUT when there are any. */
export function rejectFields(names: string[], message: string): void {
  if (names.length > 0)
    throw invalidInput(issuesOf(names, (name) => ({ pointer: pointerTo([name]), message })));
}
