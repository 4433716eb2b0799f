const PERCENT = 0x25;
const PLUS = 0x2b;

/** The part of `URLSearchParams` that reads parameters. */
export type QueryParams = Pick<URLSearchParams, 'get' | 'has'>;

/**
 * Parses a query like `URLSearchParams`, at a small part of its cost: a value is decoded when it is read.
 * @param query the query as it was sent, without its question mark.
 */
export function parseQuery(query: string): QueryParams {
  /** Returns the first value of a parameter as it was sent; `undefined` if there is none. */
  function find(name: string): string | undefined {
    let start = 0;
    while (start < query.length) {
      const mark = query.indexOf('&', start);
      const end = mark === -1 ? query.length : mark;
      const sign = query.indexOf('=', start);
      const at = sign === -1 || sign > end ? end : sign;
      const isFound = isEncoded(query, start, at)
        ? decode(query.slice(start, at)) === name
        : at - start === name.length && query.startsWith(name, start);
      if (isFound && end > start) return query.slice(at + 1, end);
      start = end + 1;
    }
    return undefined;
  }
  return {
    get(name) {
      const value = find(name);
      return value === undefined ? null : decode(value);
    },
    has: (name) => find(name) !== undefined,
  };
}

/** True if a part of a text must be decoded. */
function isEncoded(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const char = text.charCodeAt(at);
    if (char === PERCENT || char === PLUS) return true;
  }
  return false;
}

/** Decodes a name or a value (https://url.spec.whatwg.org/#urlencoded-parsing). */
function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    // What is not percent-encoded UTF-8 is decoded too, in part.
    return new URLSearchParams(`=${text}`).get('') ?? '';
  }
}
