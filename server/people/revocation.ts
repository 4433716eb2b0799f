import { and, eq, gt, isNull, lte, not, or, sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { type Access, DENIALS } from '#server/access';
import type { Database } from '#server/db/database';
import { apiKeys, oauthConsents, sessions, users } from '#server/db/schema/index';
import { asServer } from '#server/db/work';
import { AppError } from '#server/errors';
import type { Logger } from '#server/log/index';
import type { Actor, Credential } from './actor.ts';
import type { Authenticator } from './authenticator.ts';

/** The interval for finding credentials due for a check, in milliseconds. If none is due, nothing is queried. */
const TICK_MS = 500;
/**
 * The time for which a check is valid, in milliseconds. The next check finds credentials that have expired, and those
 * whose notification was lost. Together with the tick it is less than the 5 seconds within which a stream ends.
 */
const CHECKED_MS = 3_000;

/** The reader of a stream with their credential, and the access that the procedure requires. */
export interface Holder {
  actor: Pick<Actor, 'userId' | 'via'>;
  access: Access | undefined;
}

/** Watches the credentials of open streams. */
export interface CredentialWatch {
  /**
   * Calls `onLost` when the holder has lost access, with the error that says why: UNAUTHORIZED, or FORBIDDEN if an
   * admin has lost the role.
   */
  watch: (holder: Holder, onLost: (error: AppError) => void) => Watch;
  close: () => void;
}

/** The watch of one stream. */
export interface Watch {
  end: () => void;
  /** Resolves when the running check has reported its result; undefined if no check is running. */
  checked: () => Promise<void> | undefined;
}

type Via = Actor['via']['kind'];

interface Watcher {
  access: Access | undefined;
  onLost: (error: AppError) => void;
}

/** A credential of at least one open stream. */
interface Watched {
  kind: Via;
  id: string;
  userId: string;
  watchers: Set<Watcher>;
  /** The time of the next check, on the clock of `Date.now()`. */
  dueAt: number;
}

const ENDED: Record<Via, string> = {
  session: 'This session has ended. Sign in again.',
  'api-key': 'This API key is no longer valid. Create a new one in the settings.',
  oauth: 'This program is no longer connected. Connect it again.',
};

const isFuture = (column: PgColumn) => or(isNull(column), gt(column, sql`now()`));
const isNotBanned = or(not(users.banned), lte(users.banExpires, sql`now()`));
const among = (column: PgColumn, ids: string[]): SQL =>
  sql`${column} in (select json_array_elements_text(${JSON.stringify(ids)}::json))`;

/**
 * Watches the credentials of open streams. They are checked when the database reports a change of their user, and every
 * few seconds. One statement checks all that are due, for any number of streams. If the database does not respond,
 * streams stay open and the check is retried (docs/decisions/0022-streams-of-a-lost-credential.md).
 */
export function watchCredentials(
  { db }: Database,
  { onInvalidate }: Pick<Authenticator, 'onInvalidate'>,
  log: Logger,
): CredentialWatch {
  const all = new Map<string, Watched>();
  let timer: NodeJS.Timeout | undefined;
  let checking: Promise<void> | undefined;

  /** Returns the valid ones of these credentials, with the role of their user. */
  async function findValid(credentials: Watched[]) {
    const ids = (kind: Via) => credentials.filter((each) => each.kind === kind).map(({ id }) => id);
    const columns = { userId: users.id, role: users.role };
    const rows = await db
      .select({ kind: sql<Via>`'session'`, id: sessions.id, ...columns })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(and(among(sessions.id, ids('session')), isFuture(sessions.expiresAt), isNotBanned))
      .unionAll(
        db
          .select({ kind: sql<Via>`'api-key'`, id: apiKeys.id, ...columns })
          .from(apiKeys)
          .innerJoin(users, eq(users.id, apiKeys.userId))
          .where(and(among(apiKeys.id, ids('api-key')), isFuture(apiKeys.expiresAt), isNotBanned)),
      )
      .unionAll(
        db
          .select({ kind: sql<Via>`'oauth'`, id: oauthConsents.id, ...columns })
          .from(oauthConsents)
          .innerJoin(users, eq(users.id, oauthConsents.userId))
          .where(and(among(oauthConsents.id, ids('oauth')), isNotBanned)),
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
          onLost(new AppError('FORBIDDEN', { detail: DENIALS['no-admin'] }));
        }
      }
    }
  }

  async function checkAllDue(): Promise<void> {
    for (;;) {
      const now = Date.now();
      const due = [...all.values()].filter(({ dueAt }) => dueAt <= now);
      if (due.length === 0) return;
      // Set before the query, so that a change reported meanwhile makes the credential due again. All get the same next
      // time, so that one statement checks them.
      for (const credential of due) credential.dueAt = now - (now % CHECKED_MS) + CHECKED_MS;
      try {
        await asServer(async () => check(due));
      } catch (err) {
        log.warn({ err }, 'failed to check the credentials of open streams, retrying');
        for (const credential of due) credential.dueAt = Math.min(credential.dueAt, now + TICK_MS);
        return;
      }
    }
  }

  /** Checks the credentials that are due, one statement at a time. */
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
      const id = idOf(via);
      const key = keyOf({ kind: via.kind, id });
      // Due immediately, because the caller's identity may come from the cache, and a notification may have been lost.
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

function idOf(via: Credential): string {
  switch (via.kind) {
    case 'session':
      return via.sessionId;
    case 'api-key':
      return via.keyId;
    case 'oauth':
      return via.consentId;
  }
}

const keyOf = ({ kind, id }: Pick<Watched, 'kind' | 'id'>) => `${kind} ${id}`;
