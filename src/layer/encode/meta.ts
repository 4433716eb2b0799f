import { bail } from './bail.ts';

/** The path and the key of the whole output. */
export const ROOT = '';

/** Up to this many values are compared one by one, because a `Set` would have to hash them. */
const FEW = 8;

/** The characters that JSON or a path escapes: those of text.ts, and dots. */
const ESCAPED = /[^ !#--/-[\]-\ud7ff\ue000-\uffff]/;

/** Returns a key escaped for a path of superjson (`.` and `\`), and that escaped for a string of JSON. */
export function pathOf(key: string): string {
  return ESCAPED.test(key) ? JSON.stringify(key.replace(/[\\.]/g, '\\$&')).slice(1, -1) : key;
}

/**
 * Collects superjson's `meta` for the JSON of one output. A path here is the JSON of an object's key, with the comma
 * before it and without the closing quote: `,"items.0.`.
 */
export class Meta {
  /** The number of annotated values. */
  count = 0;
  /** All annotations except that of the whole output: `,"path":["Date"],"path":["Date"]`. */
  #values = '';
  #root = '';
  /** The path of the last annotation, without its key. */
  #last = ROOT;
  /** The values that superjson lists in `referentialEqualities` if they are in more than one place. */
  readonly #references: unknown[] = [];

  /** Returns the path of the members of the value at `path` and `key`. */
  within(path: string, key: string | number): string {
    return path === ROOT ? ',"' : `${path}${key}.`;
  }

  /**
   * Annotates the value at `path` and `key`.
   * @param annotation JSON, with the end of the path before it: `":["Date"]`.
   */
  note(path: string, key: string | number, annotation: string): void {
    this.count++;
    this.#last = path;
    if (path === ROOT) this.#root = annotation.slice(2);
    else this.#values += `${path}${key}${annotation}`;
  }

  /**
   * Annotates a map or set, in which paths start again from its root.
   * @returns the JSON of its members, from `write`.
   */
  collection(type: 'map' | 'set', path: string, key: string | number, write: () => string): string {
    const outside = this.#values;
    this.#values = '';
    const json = write();
    const inside = this.#values === '' ? '' : `,{${this.#values.slice(1)}}`;
    this.#values = outside;
    this.note(path, key, `":["${type}"${inside}]`);
    return json;
  }

  /** Records an object or bigint, which superjson would recognize in a second place. */
  track(value: unknown): void {
    this.#references.push(value);
  }

  /**
   * Bails out if the annotations would be in another order than superjson's. JavaScript orders the numeric keys of an
   * object first, so the path `1` must come before `0.a`. Call it after each member with a numeric key that added
   * annotations.
   * @param nested true if an earlier member added longer paths.
   * @returns `nested` for the next member.
   */
  inOrder(path: string, nested: boolean): boolean {
    if (this.#last !== path) return true;
    return nested ? bail() : false;
  }

  /** Returns superjson's `meta` as JSON; `''` if there is none. Bails out if a value is in more than one place. */
  text(): string {
    if (hasTwice(this.#references)) bail();
    if (this.count === 0) return '';
    return `{"values":${this.#root === '' ? `{${this.#values.slice(1)}}` : this.#root},"v":1}`;
  }
}

function hasTwice(values: readonly unknown[]): boolean {
  if (values.length > FEW) return new Set(values).size < values.length;
  return values.some((value, index) => values.includes(value, index + 1));
}
