import { hashPassword, verifyPassword } from 'better-auth/crypto';

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
