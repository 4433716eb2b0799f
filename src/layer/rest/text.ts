/**
 * A string that came from where there is nothing but strings: a path, a query, a header or a form. A schema may want
 * it as a number; a string of a JSON body it may not.
 */
export class RawText {
  readonly value: string;

  constructor(value: string) {
    this.value = value;
  }
}

/** What names with brackets made: an object, or a list where its names are 0, 1, 2 …; the schema decides. */
export class BracketNode {
  readonly fields: ReadonlyMap<string, unknown>;

  constructor(fields: ReadonlyMap<string, unknown>) {
    this.fields = fields;
  }

  /** Its items, where its names are 0 to n - 1. */
  asList(): unknown[] | undefined {
    const items = Array.from({ length: this.fields.size }, (_, i) => this.fields.get(String(i)));
    return items.every((item) => item !== undefined) ? items : undefined;
  }
}

/** Whether a value is an object as JSON has them. */
export const isPlainObject = (value: unknown): value is Record<string, unknown> => {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
};

/** A value without the marks of this file: texts are strings, branches are objects. What has no mark is not copied. */
export function plain(value: unknown): unknown {
  if (value instanceof RawText) return value.value;
  // fromEntries defines each name as data, also `__proto__`.
  if (value instanceof BracketNode) {
    return Object.fromEntries([...value.fields].map(([name, item]) => [name, plain(item)]));
  }
  if (Array.isArray(value)) {
    const items = value.map(plain);
    return items.some((item, i) => item !== value[i]) ? items : value;
  }
  if (!isPlainObject(value)) return value;
  const changed = Object.entries(value).flatMap(([name, item]) => {
    const bare = plain(item);
    return bare === item ? [] : [[name, bare] as const];
  });
  return changed.length > 0 ? { ...value, ...Object.fromEntries(changed) } : value;
}
