import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Counters, type Eventual } from '#layer/index';
import type { Env } from '#server/env';
import type { AuthSecrets } from '#server/secrets/secrets';
import { tooManyAttempts } from './attempts.ts';
import { cookieValue } from './signed-cookies.ts';
import { PRODUCT } from '#contract/product';

const HOUR_SECONDS = 60 * 60;
/** The longest time that browsers keep a cookie. */
const KEPT_SECONDS = 400 * 24 * HOUR_SECONDS;
/** The number of accounts in the cookie of a browser: the ones it used last. */
const MAX_ACCOUNTS = 5;
const BYTES = 16;

/** A browser, and the hashes of the accounts that it has signed in to. */
interface Browser {
  id: string;
  accounts: string[];
}

/** Limits sign-in attempts per account, and recognizes browsers that have signed in to it before. */
export interface SignInLimit {
  /**
   * Counts an attempt before its password is compared.
   * @returns a function that undoes the count, for an attempt that succeeded.
   * @throws {AppError} TOO_MANY_REQUESTS
   */
  count: (email: string, headers: Headers) => Promise<() => Eventual<void>>;
  /** Returns a Set-Cookie header that marks the browser that sent `headers` as known to the account. */
  remember: (email: string, headers: Headers) => string;
}

/**
 * Limits guesses at an account's password to SIGN_IN_RATE_LIMIT per hour, from any number of IP addresses. A browser
 * that has signed in to the account has its own budget, so guesses cannot lock out the owner. An email without an
 * account is counted in the same way.
 * @param secrets each of them recognizes a browser, and the first one marks it.
 * @param counters creates the counter.
 */
export function limitSignIns(
  { SIGN_IN_RATE_LIMIT, APP_URL = '' }: Pick<Env, 'SIGN_IN_RATE_LIMIT' | 'APP_URL'>,
  secrets: AuthSecrets,
  counters: Counters,
): SignInLimit {
  const attempts = counters.exact({ name: 'sign-in', limit: SIGN_IN_RATE_LIMIT, seconds: HOUR_SECONDS });
  const isSecure = APP_URL.startsWith('https:');
  const name = `${isSecure ? '__Secure-' : ''}${PRODUCT.slug}.known_browser`;
  const attributes = `Max-Age=${KEPT_SECONDS}; Path=/api/auth; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;

  const [newest] = secrets;
  const mac = (purpose: string, text: string, secret = newest) =>
    createHmac('sha256', secret).update(`${purpose} ${text}`).digest();
  const accountOf = (email: string, secret = newest) =>
    mac('sign-in account', email.toLowerCase(), secret).subarray(0, BYTES).toString('base64url');
  /** Returns all hashes of an account. A browser may know it by an older one. */
  const accountsOf = (email: string) => secrets.map((secret) => accountOf(email, secret));

  /** Returns the browser that sent these headers, or `null` if it has no valid cookie. */
  function browserOf(headers: Headers): Browser | null {
    const [id = '', ...rest] = cookieValue(headers.get('cookie') ?? '', name)?.split('.') ?? [];
    const signature = Buffer.from(rest.pop() ?? '', 'base64url');
    const isOurs = secrets.some((secret) => {
      const ours = mac('known browser', [id, ...rest].join('.'), secret);
      return signature.length === ours.length && timingSafeEqual(signature, ours);
    });
    return isOurs ? { id, accounts: rest } : null;
  }

  return {
    async count(email, headers) {
      const account = accountOf(email);
      const browser = browserOf(headers);
      const isKnown = browser && accountsOf(email).some((known) => browser.accounts.includes(known));
      const budget = isKnown ? `${account} ${browser.id}` : account;
      const { fits, seconds } = await attempts.take(budget);
      if (!fits) throw tooManyAttempts('attempts to sign in with this email', seconds);
      return () => attempts.giveBack(budget);
    },

    remember(email, headers) {
      const account = accountOf(email);
      const { id, accounts } = browserOf(headers) ?? {
        id: randomBytes(BYTES).toString('base64url'),
        accounts: [],
      };
      const own = accountsOf(email);
      const others = accounts.filter((other) => !own.includes(other));
      const text = [id, account, ...others.slice(0, MAX_ACCOUNTS - 1)].join('.');
      const value = `${text}.${mac('known browser', text).toString('base64url')}`;
      return `${name}=${value}; ${attributes}`;
    },
  };
}
