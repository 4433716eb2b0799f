/**
 * Matches a character that a header value must not have (RFC 9110, section 5.5): control characters, and those beyond
 * Latin-1.
 */
const INVALID = /[^\t\x20-\x7e\x80-\xff]/;
/** Matches the name of a header (RFC 9110, section 5.1), in lower case. */
const NAME = /^[a-z\d!#$%&'*+.^_`|~-]+$/;

/**
 * The headers of a response: names in lower case with their values, in the order in which they were first set. It has
 * the methods of WHATWG's `Headers` that responses need, at a small part of their cost.
 */
export class HeaderList implements Iterable<[name: string, value: string]> {
  /** Names and values in turn. */
  #fields: string[] = [];

  /** @throws {TypeError} for a name or a value that HTTP does not allow. */
  constructor(fields?: Iterable<readonly [string, string]>) {
    if (fields) for (const [name, value] of fields) this.append(name, value);
  }

  /**
   * Creates a list of headers that the caller knows to be valid.
   * @param fields names in lower case and values in turn. The list keeps and changes this array.
   */
  static of(fields: string[]): HeaderList {
    const list = new HeaderList();
    list.#fields = fields;
    return list;
  }

  /** All names and values in turn, as `writeHead` of Node takes them. Not to be changed. */
  get fields(): string[] {
    return this.#fields;
  }

  /** Returns the value of a header, `null` if there is none; for `Set-Cookie`, the first value. */
  get(name: string): string | null {
    return this.#fields[this.#find(name.toLowerCase()) + 1] ?? null;
  }

  /** True if there is a header with a name, in any case. */
  has(name: string): boolean {
    return this.#find(name.toLowerCase()) !== MISSING;
  }

  /** Replaces all values of a header. @throws {TypeError} for a name or a value that HTTP does not allow. */
  set(name: string, value: string): void {
    const lower = checkedName(name);
    const text = checkedValue(lower, value);
    if (lower === 'set-cookie') this.delete(lower);
    this.#put(lower, text);
  }

  /** Does the same for a header that the caller knows to be valid, with its name in lower case. */
  setValid(name: string, value: string): void {
    this.#put(name, value);
  }

  /**
   * Adds a value to a header. It follows the current value after a comma (RFC 9110, section 5.3), but each cookie is a
   * separate field.
   * @throws {TypeError} for a name or a value that HTTP does not allow.
   */
  append(name: string, value: string): void {
    const lower = checkedName(name);
    this.#append(lower, checkedValue(lower, value));
  }

  /** Adds all headers of a list, each as `append` does. */
  appendAll(list: HeaderList): void {
    const fields = list.#fields;
    for (let at = 0; at + 1 < fields.length; at += 2) this.#append(fields[at] ?? '', fields[at + 1] ?? '');
  }

  /** Returns all values of `Set-Cookie`. */
  getSetCookie(): string[] {
    return [...this].flatMap(([name, value]) => (name === 'set-cookie' ? [value] : []));
  }

  /** Removes a header. */
  delete(name: string): void {
    const lower = name.toLowerCase();
    for (let at = this.#find(lower); at !== MISSING; at = this.#find(lower)) this.#fields.splice(at, 2);
  }

  *[Symbol.iterator](): Generator<[name: string, value: string], void, void> {
    const fields = this.#fields;
    for (let at = 0; at + 1 < fields.length; at += 2) yield [fields[at] ?? '', fields[at + 1] ?? ''];
  }

  #append(name: string, value: string): void {
    const known = name === 'set-cookie' ? null : this.get(name);
    if (known === null) this.#fields.push(name, value);
    else this.#put(name, `${known}, ${value}`);
  }

  #put(name: string, value: string): void {
    const at = this.#find(name);
    if (at === MISSING) this.#fields.push(name, value);
    else this.#fields[at + 1] = value;
  }

  /** Returns the index of a name, so that its value is at the next one. */
  #find(name: string): number {
    const fields = this.#fields;
    for (let at = 0; at < fields.length; at += 2) if (fields[at] === name) return at;
    return MISSING;
  }
}

/** The index of a name that is not in a list. No value is at the one after it. */
const MISSING = -2;

function checkedName(name: string): string {
  const lower = name.toLowerCase();
  if (!NAME.test(lower)) throw new TypeError(`${JSON.stringify(name)} is not the name of a header.`);
  return lower;
}

function checkedValue(name: string, value: string): string {
  if (INVALID.test(value)) throw new TypeError(`The value of the header ${name} has an invalid character.`);
  return value.trim();
}
