import { hashPassword, verifyPassword } from 'better-auth/crypto';

/** The shortest password, in characters. */
const MIN_PASSWORD = 8;

/** How passwords are hashed and compared. */
export interface Passwords {
  /** Returns what is stored instead of a password. */
  hash: (password: string) => Promise<string>;
  /** True if `hash` was made from `password`. */
  verify: (data: { hash: string; password: string }) => Promise<boolean>;
}

/** better-auth's scrypt, which takes 32 MB and some 50 ms of a thread on purpose. */
export const scrypt: Passwords = { hash: hashPassword, verify: verifyPassword };

/** Two of the four threads that Node also reads files and resolves host names with. */
export const MAX_HASHED_AT_ONCE = 2;

/** Has passwords wait for one another, so that many attempts to sign in take no more memory and threads than a few. */
export function fewAtOnce({ hash, verify }: Passwords): Passwords {
  const waiting: (() => void)[] = [];
  let running = 0;

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running < MAX_HASHED_AT_ONCE) running++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The place is handed on, so nobody who comes now takes it first.
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

/** Reads the list, which takes some 40 ms and 3 MB, when a password is first chosen. */
async function readCommon(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common'].filter((password) => password.length >= MIN_PASSWORD));
}
let common: Promise<ReadonlySet<string>> | undefined;

/** What a password that many people use is told. */
export const TOO_COMMON = 'is one of the most common passwords; choose another one';

/** True if `password` is not on the list of the most common ones, which is in lower case. It is no secret which ones these are. */
export async function isUncommon(password: string): Promise<boolean> {
  return !(await (common ??= readCommon())).has(password.toLowerCase());
}
