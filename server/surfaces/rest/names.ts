import { invalidInput } from '#server/errors';
import { MAX_JSON_DEPTH } from '#server/limits';
import { issuesOf, pointerTo } from '#server/rejection';
import { Branch } from './text.ts';

/** The values of a request by the names of the input's fields. */
export type Fields = Record<string, unknown>;

/** What was given under one name: itself, and under names in brackets behind it. */
interface Node {
  values: unknown[];
  isList: boolean;
  children: Map<string, Node>;
}

const newNode = (): Node => ({ values: [], isList: false, children: new Map() });

/** `filter[a][b]`, and what is between the brackets. */
const BRACKETED = /^([^[\]]+)((?:\[[^[\]]*\])+)$/;
const KEY = /\[([^[\]]*)\]/g;

/** A name as the path into the input; a name that the input has is that, brackets or not. */
export function pathOf(name: string, isField: (name: string) => boolean): string[] {
  const [, root, keys = ''] = BRACKETED.exec(name) ?? [];
  if (root === undefined || isField(name)) return [name];
  return [root, ...Array.from(keys.matchAll(KEY), ([, key = '']) => key)];
}

/**
 * The fields that the pairs of a query or a form make: a name that is given more than once is a list, `tags[]` is one
 * also when it is given once, and `filter[a]=b` is an object.
 * @param isField whether the input has a field of that name.
 * @throws {AppError} INVALID_INPUT with the name that cannot be meant.
 */
export function fieldsFrom(
  pairs: Iterable<readonly [name: string, value: unknown]>,
  isField: (name: string) => boolean,
): Fields {
  const root = newNode();
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

function childOf(node: Node, key: string): Node {
  const child = node.children.get(key) ?? newNode();
  node.children.set(key, child);
  return child;
}

function valueOf({ values, isList, children }: Node, path: string[]): unknown {
  if (children.size === 0) return isList || values.length > 1 ? values : values[0];
  if (values.length > 0) {
    throw invalidInput([{ pointer: pointerTo(path), message: 'is given both as a value and with brackets' }]);
  }
  return new Branch(new Map([...children].map(([key, node]) => [key, valueOf(node, [...path, key])])));
}

/** @throws {AppError} INVALID_INPUT when there are any. */
export function refuseFields(names: string[], message: string): void {
  if (names.length > 0)
    throw invalidInput(issuesOf(names, (name) => ({ pointer: pointerTo([name]), message })));
}
