/** An answer as it came. */
export interface RawResponse {
  status: number;
  /** By name, those that came more than once in their order. */
  headers: [name: string, value: string][];
  body: string;
}

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;
const API_KEY = /sb_[\w-]+/g;
const SECONDS_LEFT = /(?<=Retry in |"retryAfter":|;r=\d+;t=)\d+/g;
const CURSOR = /(?<="nextCursor":"|[?&]cursor=)[\w-]+/g;
/** Also in JSON that is a string of JSON. */
const LAST_USED = /(?<="lastUsedAt\\?":\\?")[^"\\]*/g;

/**
 * Has names for what a host makes itself, so that its answers can be held against those of another host that was given
 * the same data: an id has the same name wherever it comes up again. What was there before stays as it is.
 * - an id that was made after `since`, which an id of version 7 tells: `id 1`, `id 2`, … in the order in which they come up
 * - a time after `since`: `a time`
 * - a new API key, and the beginning of one: `a key`
 * - a cursor: what it says, with names for what is new
 * - when a key was last used, which is written anew once a minute: `a time`
 * - the seconds until a limit lets calls through again: `0`
 * - the entity tag of a body in which something has a name: `a tag`
 * @param since when the hosts were given their data, in milliseconds of Unix time.
 * @param known everything that was told of keys before.
 */
export function createMask(since: number, known: string): (answer: RawResponse) => RawResponse {
  const names = new Map<string, string>();

  function nameOf(id: string): string {
    if (parseInt(id.replaceAll('-', '').slice(0, 12), 16) < since) return id;
    const name = names.get(id) ?? `id ${names.size + 1}`;
    names.set(id, name);
    return name;
  }

  const mask = (text: string): string =>
    text
      .replace(CURSOR, (cursor) => mask(Buffer.from(cursor, 'base64url').toString()))
      .replace(LAST_USED, 'a time')
      .replace(SECONDS_LEFT, '0')
      .replace(ID, nameOf)
      .replace(TIME, (time) => (Date.parse(time) < since ? time : 'a time'))
      .replace(API_KEY, (key) => (known.includes(key) ? key : 'a key'));

  return ({ status, headers, body }) => {
    const masked = mask(body);
    const tagOf = (value: string) => (masked === body ? value : 'a tag');
    return {
      status,
      headers: headers.map(([name, value]) => {
        if (name === 'retry-after') return [name, '0'];
        return [name, name === 'etag' ? tagOf(value) : mask(value)];
      }),
      body: masked,
    };
  };
}
