import { isPlainObject } from '../rest/text.ts';
import { placeOf, type TypedValue, typeNameOf } from './typed-json.ts';

type Values = Readonly<Record<string, unknown>>;

/** How a language writes lists and objects. */
interface Layout {
  /** The indentation of a part. */
  indent: string;
  /** The text between a brace and what it contains, in one line. */
  pad: string;
}

/** Returns a list or an object in one line if it fits, otherwise with a line for each part. */
function joined(
  [open, close]: readonly [string, string],
  parts: readonly string[],
  { indent, pad }: Layout = { indent: '  ', pad: '' },
): string {
  if (parts.length === 0) return open + close;
  const line = open + pad + parts.join(', ') + pad + close;
  if (line.length <= MAX_LINE && !line.includes('\n')) return line;
  const lines = parts.map((part) => `${indent}${part.replaceAll('\n', `\n${indent}`)},\n`);
  return `${open}\n${lines.join('')}${close}`;
}

const LIST = ['[', ']'] as const;
const OBJECT = ['{', '}'] as const;
const PYTHON: Layout = { indent: '    ', pad: '' };
const MAX_LINE = 60;
const NAME = /^[A-Za-z_$][\w$]*$/;

const quoted = (text: string) =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;

/**
 * Returns a JSON value as JavaScript for the input of a procedure: dates, bigints, sets and maps are what their schemas
 * accept.
 * @param typed the types of the value and its parts; without them, the value is plain JSON.
 */
export const javaScriptOf = (value: unknown, typed: readonly TypedValue[] = []): string =>
  createWriter(typed)(value, 0);

/** Creates a function that writes a value as JavaScript, by the place of its type. */
function createWriter(typed: readonly TypedValue[]) {
  function write(value: unknown, place: number | undefined): string {
    const own = typed[place ?? -1] ?? {};
    switch (typeNameOf(value, own)) {
      case 'Date':
        return `new Date(${write(value, undefined)})`;
      case 'bigint':
        return `${String(value)}n`;
      case 'set':
        return `new Set(${plain(value, own)})`;
      case 'map':
        return `new Map(${isPlainObject(value) ? entriesOf(value, own) : ''})`;
      default:
        return plain(value, own);
    }
  }

  /** Writes a value that is in JavaScript what it is in JSON. */
  function plain(value: unknown, own: TypedValue): string {
    if (Array.isArray(value)) {
      return joined(
        LIST,
        value.map((item, i) => write(item, placeOf(own, i))),
      );
    }
    if (!isPlainObject(value)) return typeof value === 'string' ? quoted(value) : JSON.stringify(value);
    const parts = Object.entries(value).map(
      ([name, inner]) => `${NAME.test(name) ? name : quoted(name)}: ${write(inner, placeOf(own, name))}`,
    );
    return joined(OBJECT, parts, { indent: '  ', pad: ' ' });
  }

  /** Writes the entries of a map. In JSON, all its keys are texts. */
  function entriesOf(value: Values, own: TypedValue): string {
    const { keys = 'number', each } = own;
    const isText = keys !== 'number' && (typed[keys]?.kinds ?? []).length === 0;
    if (isText) return `Object.entries(${plain(value, own)})`;
    const entries = Object.entries(value).map(([name, inner]) => {
      return joined(LIST, [keys === 'number' ? name : write(name, keys), write(inner, each)]);
    });
    return joined(LIST, entries);
  }

  return write;
}

/** Returns a JSON value as Python. */
export function pythonOf(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return joined(LIST, value.map(pythonOf), PYTHON);
  if (!isPlainObject(value)) return JSON.stringify(value);
  const parts = Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}: ${pythonOf(inner)}`);
  return joined(OBJECT, parts, PYTHON);
}

/** Returns the access to a property by a path of names: `things.get`, `things['a b']`. */
export const accessOf = (names: readonly string[]): string =>
  names.map((name) => (NAME.test(name) ? `.${name}` : `[${quoted(name)}]`)).join('');
