import { hashPassword, verifyPassword } from 'better-auth/crypto';

/** The shortest password, in characters. */
const MIN_PASSWORD = 8;

/** Hashes and verifies passwords. */
export interface Passwords {
  /** Returns the hash, which is stored instead of the password. */
  hash: (password: string) => Promise<string>;
  /** Returns true if `hash` is a hash of `password`. */
  verify: (data: { hash: string; password: string }) => Promise<boolean>;
}

/** better-auth's scrypt. It takes 32 MB and about 50 ms of a thread on purpose. */
export const scrypt: Passwords = { hash: hashPassword, verify: verifyPassword };

/** Two of Node's four threads, because it also reads files and resolves host names with them. */
export const MAX_HASHED_AT_ONCE = 2;

/** Limits how many passwords are hashed at a time, so many sign-ins take no more memory and threads than a few. */
export function limitConcurrency({ hash, verify }: Passwords): Passwords {
  const waiting: (() => void)[] = [];
  let running = 0;

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running < MAX_HASHED_AT_ONCE) running++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // Pass the slot to the next in the queue, so that no newer attempt takes it first.
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  }

  return {
    hash: (password) => inTurn(() => hash(password)),
    verify: (data) => inTurn(() => verify(data)),
  };
}

/** Reads the list of common passwords, when the first password is set, because this takes about 40 ms and 3 MB. */
async function readCommon(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common'].filter((password) => password.length >= MIN_PASSWORD));
}
let common: Promise<ReadonlySet<string>> | undefined;

/** The message of the issue about a common password. */
export const TOO_COMMON = 'is one of the most common passwords. Choose another one.';

/** Returns true if `password` is not on the list of common ones, which is in lower case and public. */
export async function isUncommon(password: string): Promise<boolean> {
  return !(await (common ??= readCommon())).has(password.toLowerCase());
}
