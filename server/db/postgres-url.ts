import { PRODUCT } from '#contract/product';
import { DatabaseUnusableError } from './unusable.ts';

/** A server. An empty host is the default one. */
export interface HostAndPort {
  host: string;
  port: number;
}

/** A Postgres database that a setting names. */
export interface PostgresTarget {
  setting: 'DATABASE_URL' | 'DATABASE_DIRECT_URL';
  /** The URL with its first host only, for postgres.js. */
  url: string;
  hosts: [HostAndPort, ...HostAndPort[]];
  /** True if a connection must lead to a host that accepts writes. */
  mustAcceptWrites: boolean;
  /** The hosts, the database and the user, for messages. */
  name: string;
}

const URL_PARTS = /^(?<scheme>[^:]+:\/\/)(?<login>.*@)?(?<hosts>[^/?#@]*)(?<rest>[/?#].*)?$/s;
const HOST = /^(?<host>\[[^\]]+\]|[^:]*)(?::(?<port>\d{1,5}))?$/;
/** The values of target_session_attrs that lead to the same host, as this product always writes. */
const WRITABLE = ['read-write', 'primary'];

/** Returns the host and port as they are written in a URL. */
export const nameOf = ({ host, port }: HostAndPort): string =>
  `${host.includes(':') ? `[${host}]` : host || 'localhost'}:${port}`;

const example = (setting: PostgresTarget['setting']) =>
  `${setting}=postgres://user:password@127.0.0.1:5432/${PRODUCT.slug}`;

function invalid(setting: PostgresTarget['setting'], problem: string): DatabaseUnusableError {
  return new DatabaseUnusableError(`${setting} ${problem}. Example: ${example(setting)}`);
}

/**
 * Reads the URL of a Postgres database, with one host or several: `postgres://user:password@db-1:5432,db-2:5432/app`.
 * @throws {DatabaseUnusableError} if it is invalid. The message does not contain the password.
 */
export function parsePostgresUrl(url: string, setting: PostgresTarget['setting']): PostgresTarget {
  const { scheme = '', login = '', hosts: list = '', rest = '' } = URL_PARTS.exec(url)?.groups ?? {};
  const hosts = list.split(',').map((text): HostAndPort => {
    const { host = '', port = '5432' } = HOST.exec(text)?.groups ?? {};
    if (host === '' && text !== '') throw invalid(setting, `has an invalid host, ${text}`);
    return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
  });
  const [first, ...others] = hosts;
  const single = URL.parse(`${scheme}${login}${list.split(',')[0] ?? ''}${rest}`);
  if (single === null || first === undefined) {
    throw invalid(setting, 'is not a valid URL. Percent-encode special characters in the password');
  }
  const wanted = single.searchParams.get('target_session_attrs');
  if (wanted !== null && wanted !== 'any' && !WRITABLE.includes(wanted)) {
    throw invalid(
      setting,
      `has target_session_attrs=${wanted}, but must lead to a host that accepts writes: ${WRITABLE.join(' or ')}`,
    );
  }
  // postgres.js takes a standby for a host that accepts writes, and does not report that no host can be reached.
  single.searchParams.delete('target_session_attrs');
  return {
    setting,
    url: single.href,
    hosts: [first, ...others],
    mustAcceptWrites: others.length > 0 || WRITABLE.includes(wanted ?? ''),
    name: `${hosts.map(nameOf).join(',')}${single.pathname} as ${single.username || 'the default user'}`,
  };
}

/** Returns the error of a start without its database. It names the database and the setting. */
export function describeProblem({ name, setting }: PostgresTarget, cause: unknown): DatabaseUnusableError {
  const problem = Error.isError(cause) && Error.isError(cause.cause) ? cause.cause : cause;
  const code = Error.isError(problem) && 'code' in problem ? String(problem.code) : 'unknown';
  // Node's error for a name with several IP addresses has only a code.
  const reason = Error.isError(problem) && problem.message !== '' ? problem.message : code;
  const advice = reason.includes('unsupported startup parameter')
    ? 'It is a connection pooler: also set DATABASE_DIRECT_URL to the same database without the pooler'
    : `Check ${setting}, for example ${example(setting)}`;
  return new DatabaseUnusableError(`The database at ${name} cannot be used: ${reason}. ${advice}`, { cause });
}
