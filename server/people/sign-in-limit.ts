import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Counters, type Eventual, tooMany } from '#layer/index';
import type { Env } from '#server/env';
import { cookieValue } from './authenticator.ts';
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
 * @param counters creates the counter.
 */
export function limitSignIns(
  { SIGN_IN_RATE_LIMIT, APP_URL = '' }: Pick<Env, 'SIGN_IN_RATE_LIMIT' | 'APP_URL'>,
  secret: string,
  counters: Counters,
): SignInLimit {
  const attempts = counters.exact({ name: 'sign-in', limit: SIGN_IN_RATE_LIMIT, seconds: HOUR_SECONDS });
  const isSecure = APP_URL.startsWith('https:');
  const name = `${isSecure ? '__Secure-' : ''}${PRODUCT.slug}.known_browser`;
  const attributes = `Max-Age=${KEPT_SECONDS}; Path=/api/auth; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;

  const mac = (purpose: string, text: string) =>
    createHmac('sha256', secret).update(`${purpose} ${text}`).digest();
  const accountOf = (email: string) =>
    mac('sign-in account', email.toLowerCase()).subarray(0, BYTES).toString('base64url');

  /** Returns the browser that sent these headers, or `null` if it has no valid cookie. */
  function browserOf(headers: Headers): Browser | null {
    const [id = '', ...rest] = cookieValue(headers.get('cookie') ?? '', name)?.split('.') ?? [];
    const signature = Buffer.from(rest.pop() ?? '', 'base64url');
    const ours = mac('known browser', [id, ...rest].join('.'));
    const isOurs = signature.length === ours.length && timingSafeEqual(signature, ours);
    return isOurs ? { id, accounts: rest } : null;
  }

  return {
    async count(email, headers) {
      const account = accountOf(email);
      const browser = browserOf(headers);
      const budget = browser?.accounts.includes(account) ? `${account} ${browser.id}` : account;
      const { fits, seconds } = await attempts.take(budget);
      if (!fits) throw tooMany('attempts to sign in with this email', seconds);
      return () => attempts.giveBack(budget);
    },

    remember(email, headers) {
      const account = accountOf(email);
      const { id, accounts } = browserOf(headers) ?? {
        id: randomBytes(BYTES).toString('base64url'),
        accounts: [],
      };
      const others = accounts.filter((other) => other !== account);
      const text = [id, account, ...others.slice(0, MAX_ACCOUNTS - 1)].join('.');
      const value = `${text}.${mac('known browser', text).toString('base64url')}`;
      return `${name}=${value}; ${attributes}`;
    },
  };
}
