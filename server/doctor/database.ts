import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { isConnectionError, isLoginRejected } from '#server/db/errors';
import { databaseLocation } from '#server/db/folder';
import { DatabaseLockedError } from '#server/db/lock';
import { readMigrationState } from '#server/db/migration-state';
import { readMigrations } from '#server/db/migrations';
import { SESSIONS } from '#server/db/postgres-capacity';
import { type Found, ok, problem, reasonOf, warning } from './finding.ts';
import type { Reachable, Subject } from './subject.ts';

/** The oldest version of PostgreSQL that works (docs/deploy.md). */
const OLDEST_MAJOR = 15;
/** The SQLSTATE for too many connections: of the server, of the database or of the user. */
const FULL = '53300';

const Version = z.object({ version: z.string() });

/** The difference of clocks that is normal, and the one from which things fail, in seconds. */
const CLOCK = { normal: 1, wrong: 5 };
const Now = z.object({ now: z.number() });

const Connections = z.object({
  most: z.int(),
  reserved: z.int(),
  open: z.int(),
  ofDatabase: z.int(),
  openInDatabase: z.int(),
  ofUser: z.int(),
  openOfUser: z.int(),
});

function unreachable(error: unknown): Found {
  const reason = reasonOf(error);
  if (reason === FULL) return problem('databaseFull');
  if (isLoginRejected(error)) return problem('databaseLogin', { reason });
  if (isConnectionError(error)) return problem('databaseUnreachable', { reason });
  throw error;
}

function unopened({ env, reason }: Subject): Found {
  const location = databaseLocation(env);
  const place = 'folder' in location ? location.folder : 'DATABASE_URL';
  if (reason === undefined) return ok('databaseNone', { place });
  if (reason instanceof DatabaseLockedError) return problem('databaseInUse', { place });
  return problem('databaseUnusable', { place, reason: reasonOf(reason) });
}

/** Returns the finding about a version of PostgreSQL, such as `17.5 (Debian 17.5-1)`. */
export function versionFound(kind: 'pglite' | 'postgres', version: string, ms: number): Found {
  const [number = ''] = version.split(' ');
  if (kind === 'pglite') return ok('databaseAnswers', { database: `PostgreSQL ${number} (PGlite)`, ms });
  if (Number.parseInt(number, 10) < OLDEST_MAJOR) return problem('databaseOld', { version: number });
  return ok('databaseAnswers', { database: `PostgreSQL ${number}`, ms });
}

/** Checks that the database can be used. */
export async function checkDatabase(subject: Subject): Promise<Found[]> {
  const { database } = subject;
  if (!database) return [unopened(subject)];
  const began = performance.now();
  try {
    const [row] = await database.execute(sql`select current_setting('server_version') as version`);
    const ms = Math.round(performance.now() - began);
    return [versionFound(database.kind, Version.parse(row).version, ms)];
  } catch (error) {
    return [unreachable(error)];
  }
}

/** Compares the migrations of the database with those of this version. */
export async function checkMigrations({ database: { execute } }: Reachable): Promise<Found[]> {
  const own = readMigrations();
  const state = await readMigrationState((statement) => execute(sql.raw(statement)), own);
  const { pending, changed, unknown, isCompatible } = state;
  if (changed) return [problem('migrationsChanged', { name: changed.tag })];
  const found: Found[] = [];
  if (unknown > 0) found.push(isCompatible ? warning('migrationsNewer') : problem('migrationsUnknown'));
  if (pending.length > 0) found.push(warning('migrationsPending', { count: pending.length }));
  return found.length > 0 ? found : [ok('migrationsApplied', { count: own.length })];
}

/** Compares the clock of this machine with that of the database. */
export async function checkClock({ database: { execute } }: Reachable): Promise<Found[]> {
  const before = Date.now();
  const [row] = await execute(sql`select extract(epoch from clock_timestamp())::float8 * 1000 as now`);
  const after = Date.now();
  // The statement was executed between both times.
  const { now } = Now.parse(row);
  const differenceMs = now < before ? before - now : Math.max(0, now - after);
  const seconds = Math.round(differenceMs / 100) / 10;
  if (seconds <= CLOCK.normal) return [ok('clockRight', { seconds })];
  return [(seconds > CLOCK.wrong ? problem : warning)('clockWrong', { seconds })];
}

/** Checks that Postgres has connections left for one more instance, as an upgrade needs them. */
export async function checkConnections({ env, database }: Reachable): Promise<Found[]> {
  if (database.kind === 'pglite') return [];
  const [row] = await database.execute(sql`
    select current_setting('max_connections')::int as most,
      current_setting('superuser_reserved_connections')::int
        + coalesce(current_setting('reserved_connections', true), '0')::int as reserved,
      (select sum(numbackends)::int from pg_stat_database) as open,
      d.datconnlimit as "ofDatabase",
      (select numbackends from pg_stat_database s where s.datid = d.oid) as "openInDatabase",
      r.rolconnlimit as "ofUser",
      (select count(*)::int from pg_stat_activity a where a.usesysid = r.oid and backend_type = 'client backend') as "openOfUser"
    from pg_database d, pg_roles r where d.datname = current_database() and r.rolname = current_user`);
  const { most, reserved, open, ofDatabase, openInDatabase, ofUser, openOfUser } = Connections.parse(row);
  // The limit that is reached first. -1 is none.
  const limits = [
    { most, open, left: most - reserved - open },
    { most: ofDatabase, open: openInDatabase, left: ofDatabase - openInDatabase },
    { most: ofUser, open: openOfUser, left: ofUser - openOfUser },
  ].filter((limit) => limit.most >= 0);
  const tightest = limits.reduce((least, limit) => (limit.left < least.left ? limit : least));
  const left = Math.max(0, tightest.left);
  const needed = env.DATABASE_POOL_SIZE + SESSIONS;
  if (left < needed) return [warning('connectionsScarce', { left, most: tightest.most, needed })];
  return [ok('connectionsLeft', { open: tightest.open, most: tightest.most })];
}
