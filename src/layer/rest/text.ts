/**
 * A string from a source that only has strings: a path, a query, a header or a form. It becomes a number if the schema
 * expects one. A string in a JSON body does not.
 */
export class RawText {
  readonly value: string;

  constructor(value: string) {
    this.value = value;
  }
}

/** The value of names with brackets: an object, or a list if its names are 0, 1, 2 … and the schema expects one. */
export class BracketNode {
  readonly fields: ReadonlyMap<string, unknown>;

  constructor(fields: ReadonlyMap<string, unknown>) {
    this.fields = fields;
  }

  /** Returns the items, if the names are 0 to n - 1. */
  asList(): unknown[] | undefined {
    const items = Array.from({ length: this.fields.size }, (_, i) => this.fields.get(String(i)));
    return items.every((item) => item !== undefined) ? items : undefined;
  }
}

/** True if a value is a plain object, as in JSON. */
export const isPlainObject = (value: unknown): value is Record<string, unknown> => {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
};

/**
 * Returns a value without the marks of this file: a RawText becomes a string, a BracketNode an object. Values without
 * marks are not copied.
 */
export function plain(value: unknown): unknown {
  if (value instanceof RawText) return value.value;
  // fromEntries defines each name as an own property, even `__proto__`.
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
