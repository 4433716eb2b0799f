/** A response before any processing. */
export interface RawResponse {
  status: number;
  /** Repeated headers are in their order. */
  headers: [name: string, value: string][];
  body: string;
}

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;
const API_KEY = /sb_[\w-]+/g;
const SHARE_TOKEN = /(?<=\/share\/|"token\\?":\\?")[\w-]{32}/g;
const SECONDS_LEFT = /(?<=Retry in |"retryAfter":|;r=\d+;t=)\d+/g;
const DURATION = /(?<="seconds\\?":)[\d.]+/g;
/** What a check of the installation has measured, in its message and in its values. */
const MEASURED =
  /(?<=answer(?:s|ed) in |has |differs by |"(?:ms|megabytes|seconds)":")-?[\d.]+(?= ms| MB| s\b|")/g;
/** The finding about the proxies of a request. Only our own server knows the other end of the connection. */
const PROXIES = /,\{"check":"proxies",.*?\}\}/g;
/** The settings of an installation that are different in each. */
const PLACE = /\/switchboard-\w{6}(?=[")])|(?<="name":"PORT","value":")\d+/g;
const CURSOR = /(?<="nextCursor":"|[?&]cursor=)[\w-]+/g;
/** Also matches in JSON that is a string in JSON. */
const LAST_USED = /(?<="lastUsedAt\\?":\\?")[^"\\]*/g;

/**
 * Replaces the values that a host generates by names, so that its responses can be compared with those of another host
 * with the same data. An id has the same name wherever it occurs. Values of the data stay unchanged.
 * - an id created after `since`, which an id of version 7 contains: `id 1`, `id 2`, … in the order in which they occur
 * - a time after `since`: `a time`
 * - a new API key, and the beginning of one: `a key`
 * - the token of a link to a shared chat: `a token`
 * - a cursor: its decoded content, with names for new values
 * - the last use of a key, which is updated once a minute: `a time`
 * - the seconds until a rate limit resets, those that an answer took, and what checks of the installation measure: `0`
 * - the finding about proxies, which is left out
 * - the port and the folder of the host: `a place`
 * - the entity tag of a body in which a value was replaced: `a tag`
 * @param since when the hosts got their data, in milliseconds of Unix time.
 * @param known a text with all API keys of the data.
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
      .replace(DURATION, '0')
      .replace(MEASURED, '0')
      .replace(PROXIES, '')
      .replace(PLACE, 'a place')
      .replace(ID, nameOf)
      .replace(TIME, (time) => (Date.parse(time) < since ? time : 'a time'))
      .replace(SHARE_TOKEN, 'a token')
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
