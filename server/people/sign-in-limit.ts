import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { tooMany, WindowCounter } from '#layer/index';
import type { Env } from '#server/env';
import { cookieValue } from './authenticator.ts';

const HOUR_SECONDS = 60 * 60;
/** As long as browsers keep a cookie. */
const KEPT_SECONDS = 400 * 24 * HOUR_SECONDS;
/** How many accounts a browser is known for; those that it used last. */
const MAX_ACCOUNTS = 5;
const BYTES = 16;

/** A browser and the accounts, by hash, that were signed in to with it. */
interface Browser {
  id: string;
  accounts: string[];
}

/** Limits attempts to sign in by account, and knows browsers that have signed in to it before. */
export interface SignInLimit {
  /**
   * Counts an attempt before its password is looked at.
   * @returns a function that takes the attempt back, because it succeeded.
   * @throws {AppError} TOO_MANY_REQUESTS
   */
  count: (email: string, headers: Headers) => () => void;
  /** Returns the Set-Cookie line by which the browser that sent `headers` is known for an account from now on. */
  remember: (email: string, headers: Headers) => string;
}

/**
 * Limits guesses at an account's password to SIGN_IN_RATE_LIMIT an hour, from whatever number of addresses. So that nobody can
 * lock out its owner by guessing, a browser that has signed in to the account has a budget of its own. An e-mail without an
 * account is counted in the same way.
 */
export function limitSignIns(
  { SIGN_IN_RATE_LIMIT, APP_URL = '' }: Pick<Env, 'SIGN_IN_RATE_LIMIT' | 'APP_URL'>,
  secret: string,
): SignInLimit {
  const attempts = new WindowCounter(SIGN_IN_RATE_LIMIT, HOUR_SECONDS);
  const isSecure = APP_URL.startsWith('https:');
  const name = `${isSecure ? '__Secure-' : ''}switchboard.known_browser`;
  const attributes = `Max-Age=${KEPT_SECONDS}; Path=/api/auth; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;

  const mac = (purpose: string, text: string) =>
    createHmac('sha256', secret).update(`${purpose} ${text}`).digest();
  const accountOf = (email: string) =>
    mac('sign-in account', email.toLowerCase()).subarray(0, BYTES).toString('base64url');

  /** The browser that sent these headers; `null` if it has no cookie of ours. */
  function browserOf(headers: Headers): Browser | null {
    const [id = '', ...rest] = cookieValue(headers.get('cookie') ?? '', name)?.split('.') ?? [];
    const signature = Buffer.from(rest.pop() ?? '', 'base64url');
    const ours = mac('known browser', [id, ...rest].join('.'));
    const isOurs = signature.length === ours.length && timingSafeEqual(signature, ours);
    return isOurs ? { id, accounts: rest } : null;
  }

  return {
    count(email, headers) {
      const account = accountOf(email);
      const browser = browserOf(headers);
      const budget = browser?.accounts.includes(account) ? `${account} ${browser.id}` : account;
      const { fits, seconds } = attempts.take(budget);
      if (!fits) throw tooMany('attempts to sign in with this e-mail', seconds);
      return () => {
        attempts.giveBack(budget);
      };
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
