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
  #fields: [name: string, value: string][] = [];

  /** @throws {TypeError} for a name or a value that HTTP does not allow. */
  constructor(fields: Iterable<readonly [string, string]> = []) {
    for (const [name, value] of fields) this.append(name, value);
  }

  /** Returns the value of a header, `null` if there is none; for `Set-Cookie`, the first value. */
  get(name: string): string | null {
    const lower = name.toLowerCase();
    return this.#fields.find(([known]) => known === lower)?.[1] ?? null;
  }

  /** True if there is a header with a name, in any case. */
  has(name: string): boolean {
    return this.get(name) !== null;
  }

  /** Replaces all values of a header. @throws {TypeError} for a name or a value that HTTP does not allow. */
  set(name: string, value: string): void {
    const field = checked(name, value);
    const at = this.#fields.findIndex(([known]) => known === field[0]);
    if (at === -1) this.#fields.push(field);
    else if (field[0] === 'set-cookie') {
      this.delete('set-cookie');
      this.#fields.push(field);
    } else this.#fields[at] = field;
  }

  /**
   * Adds a value to a header. It follows the current value after a comma (RFC 9110, section 5.3), but each cookie is a
   * separate field.
   * @throws {TypeError} for a name or a value that HTTP does not allow.
   */
  append(name: string, value: string): void {
    const field = checked(name, value);
    const known = field[0] === 'set-cookie' ? undefined : this.#fields.find(([each]) => each === field[0]);
    if (known) known[1] += `, ${field[1]}`;
    else this.#fields.push(field);
  }

  /** Returns all values of `Set-Cookie`. */
  getSetCookie(): string[] {
    return this.#fields.flatMap(([name, value]) => (name === 'set-cookie' ? [value] : []));
  }

  /** Removes a header. */
  delete(name: string): void {
    const lower = name.toLowerCase();
    this.#fields = this.#fields.filter(([known]) => known !== lower);
  }

  [Symbol.iterator](): Iterator<[name: string, value: string]> {
    return this.#fields[Symbol.iterator]();
  }
}

function checked(name: string, value: string): [name: string, value: string] {
  const lower = name.toLowerCase();
  if (!NAME.test(lower)) throw new TypeError(`${JSON.stringify(name)} is not the name of a header.`);
  if (INVALID.test(value)) throw new TypeError(`The value of the header ${lower} has an invalid character.`);
  return [lower, value.trim()];
}
