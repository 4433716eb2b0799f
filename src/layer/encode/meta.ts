import { bail } from './bail.ts';

/** The path and the key of a whole answer. */
export const ROOT = '';

/** Few values are compared by hand: a `Set` must hash them. */
const FEW = 8;

/** What JSON or a path escapes: as in text.ts, and dots. */
const ESCAPED = /[^ !#--/-[\]-\ud7ff\ue000-\uffff]/;

/** A key as it stands in a path of superjson (`.` and `\` escaped), and that in a string of JSON. */
export function pathOf(key: string): string {
  return ESCAPED.test(key) ? JSON.stringify(key.replace(/[\\.]/g, '\\$&')).slice(1, -1) : key;
}

/**
 * Gathers what superjson says beside the JSON of one answer. A path here is the JSON of one key of an object, not yet
 * closed, with the comma before it: `,"items.0.`.
 */
export class Meta {
  /** How many values were annotated. */
  count = 0;
  /** All annotations but that of the whole answer: `,"path":["Date"],"path":["Date"]`. */
  #values = '';
  #root = '';
  /** The path of the last annotation, without its key. */
  #last = ROOT;
  /** What superjson names again where it stands in more than one place. */
  readonly #references: unknown[] = [];

  /** The path of what is in the value at `path` and `key`. */
  within(path: string, key: string | number): string {
    return path === ROOT ? ',"' : `${path}${key}.`;
  }

  /** Annotates the value at `path` and `key`. @param annotation in JSON, after what ends the path: `":["Date"]`. */
  note(path: string, key: string | number, annotation: string): void {
    this.count++;
    this.#last = path;
    if (path === ROOT) this.#root = annotation.slice(2);
    else this.#values += `${path}${key}${annotation}`;
  }

  /** Annotates a map or set, in which paths begin anew. @returns what `write` gives for what is in it. */
  collection(type: 'map' | 'set', path: string, key: string | number, write: () => string): string {
    const outside = this.#values;
    this.#values = '';
    const json = write();
    const inside = this.#values === '' ? '' : `,{${this.#values.slice(1)}}`;
    this.#values = outside;
    this.note(path, key, `":["${type}"${inside}]`);
    return json;
  }

  /** Tells of an object or bigint that superjson would know again. */
  track(value: unknown): void {
    this.#references.push(value);
  }

  /**
   * Numbers come before all other keys of an object, so `0.a` would have to come after `1`. Gives up where it would not.
   * To be called for each member with a number for a key that brought annotations.
   * @param nested whether a member before it brought longer paths. @returns the same, for the next one.
   */
  inOrder(path: string, nested: boolean): boolean {
    if (this.#last !== path) return true;
    return nested ? bail() : false;
  }

  /** The `meta` of superjson, in JSON; `''` when there is none. Gives up where a value stands in more than one place. */
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
