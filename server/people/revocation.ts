import { and, eq, gt, isNull, lte, not, or, sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Access } from '#server/access';
import type { Database } from '#server/db/database';
import { apiKeys, sessions, users } from '#server/db/schema/index';
import { asServer } from '#server/db/work';
import { AppError } from '#server/errors';
import type { Logger } from '#server/log/index';
import type { Actor } from './actor.ts';
import type { Authenticator } from './authenticator.ts';

/** How often it is looked which credentials are due for a check, in milliseconds. Nothing is asked if none is. */
const TICK_MS = 500;
/**
 * How long a check counts, in milliseconds: this ends what expires by itself, and what a lost notification did not tell of.
 * With the tick it is less than the 5 seconds within which a stream ends.
 */
const CHECKED_MS = 3_000;

/** Who reads a stream, by what credential, and what the procedure asks of them. */
export interface Holder {
  actor: Pick<Actor, 'userId' | 'via'>;
  access: Access | undefined;
}

/** Watches the credentials by which streams are read. */
export interface CredentialWatch {
  /**
   * Calls `onLost` once the holder may not read any more, with the error that says why: UNAUTHORIZED, or FORBIDDEN for an
   * admin who is none any more.
   */
  watch: (holder: Holder, onLost: (error: AppError) => void) => Watch;
  close: () => void;
}

/** The watch of one stream. */
export interface Watch {
  end: () => void;
  /** Resolves when the check that is under way has reported what it found; undefined if none is. */
  checked: () => Promise<void> | undefined;
}

type Via = Actor['via']['kind'];

interface Watcher {
  access: Access | undefined;
  onLost: (error: AppError) => void;
}

/** A credential by which at least one stream is read. */
interface Watched {
  kind: Via;
  id: string;
  userId: string;
  watchers: Set<Watcher>;
  /** When it is to be checked, on the clock of `Date.now()`. */
  dueAt: number;
}

const ENDED: Record<Via, string> = {
  session: 'This session has ended. Sign in again.',
  'api-key': 'This API key is not valid any more. Create another one in the settings.',
};

const isAhead = (column: PgColumn) => or(isNull(column), gt(column, sql`now()`));
const isIn = or(not(users.banned), lte(users.banExpires, sql`now()`));
const among = (column: PgColumn, ids: string[]): SQL =>
  sql`${column} in (select json_array_elements_text(${JSON.stringify(ids)}::json))`;

/**
 * Watches the credentials of open streams. They are checked when the database reports a change of their user, and every few
 * seconds: with one statement for all that are due, however many streams there are. While the database does not answer,
 * streams stay open; it is asked again until it does (docs/decisions/0022-streams-of-a-lost-credential.md).
 */
export function watchCredentials(
  { db }: Database,
  { onInvalidate }: Pick<Authenticator, 'onInvalidate'>,
  log: Logger,
): CredentialWatch {
  const all = new Map<string, Watched>();
  let timer: NodeJS.Timeout | undefined;
  let checking: Promise<void> | undefined;

  /** Returns the credentials among these that are valid, with the role of their user. */
  async function findValid(credentials: Watched[]) {
    const ids = (kind: Via) => credentials.filter((each) => each.kind === kind).map(({ id }) => id);
    const columns = { userId: users.id, role: users.role };
    const rows = await db
      .select({ kind: sql<Via>`'session'`, id: sessions.id, ...columns })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(and(among(sessions.id, ids('session')), isAhead(sessions.expiresAt), isIn))
      .unionAll(
        db
          .select({ kind: sql<Via>`'api-key'`, id: apiKeys.id, ...columns })
          .from(apiKeys)
          .innerJoin(users, eq(users.id, apiKeys.userId))
          .where(and(among(apiKeys.id, ids('api-key')), isAhead(apiKeys.expiresAt), isIn)),
      );
    return new Map(rows.map((row) => [keyOf(row), row]));
  }

  async function check(credentials: Watched[]): Promise<void> {
    const valid = await findValid(credentials);
    for (const credential of credentials) {
      const found = valid.get(keyOf(credential));
      const isKnown = found?.userId === credential.userId;
      for (const { access, onLost } of [...credential.watchers]) {
        if (!isKnown) onLost(new AppError('UNAUTHORIZED', { detail: ENDED[credential.kind] }));
        else if (access === 'admin' && found.role !== 'admin') {
          onLost(new AppError('FORBIDDEN', { detail: 'Only an admin may do this.' }));
        }
      }
    }
  }

  async function checkAllDue(): Promise<void> {
    for (;;) {
      const now = Date.now();
      const due = [...all.values()].filter(({ dueAt }) => dueAt <= now);
      if (due.length === 0) return;
      // Before it is asked: a change that is reported meanwhile makes the credential due again. The next time is the same
      // for all, so that one statement checks them.
      for (const credential of due) credential.dueAt = now - (now % CHECKED_MS) + CHECKED_MS;
      try {
        await asServer(async () => check(due));
      } catch (err) {
        log.warn({ err }, 'the credentials of open streams could not be checked; it is tried again');
        for (const credential of due) credential.dueAt = Math.min(credential.dueAt, now + TICK_MS);
        return;
      }
    }
  }

  /** Checks what is due, one statement at a time. */
  function checkDue(): void {
    checking ??= checkAllDue().finally(() => {
      checking = undefined;
    });
  }

  onInvalidate((userId) => {
    let isDue = false;
    for (const credential of all.values()) {
      if (userId !== null && credential.userId !== userId) continue;
      credential.dueAt = 0;
      isDue = true;
    }
    if (isDue) checkDue();
  });

  return {
    watch({ actor: { userId, via }, access }, onLost) {
      const id = via.kind === 'session' ? via.sessionId : via.keyId;
      const key = keyOf({ kind: via.kind, id });
      // Due at once: who the caller is may have been remembered for a few seconds, and a notification lost.
      const credential = all.get(key) ?? { kind: via.kind, id, userId, watchers: new Set(), dueAt: 0 };
      const watcher: Watcher = { access, onLost };
      credential.watchers.add(watcher);
      all.set(key, credential);
      timer ??= setInterval(checkDue, TICK_MS).unref();
      return {
        end() {
          credential.watchers.delete(watcher);
          if (credential.watchers.size === 0 && all.get(key) === credential) all.delete(key);
          if (all.size > 0) return;
          clearInterval(timer);
          timer = undefined;
        },
        checked: () => checking,
      };
    },
    close() {
      clearInterval(timer);
      all.clear();
    },
  };
}

const keyOf = ({ kind, id }: Pick<Watched, 'kind' | 'id'>) => `${kind} ${id}`;
