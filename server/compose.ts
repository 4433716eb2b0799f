import { type Counters, createRateLimits, memoryCounters, type RateLimits } from '#layer/index';
import { scheduleBackups } from './backup/scheduled.ts';
import { adopt } from './chat/adoption.ts';
import type { Runs } from './chat/engine.ts';
import { removeObjects } from './chat/files/objects.ts';
import { importPending } from './chat/imports/work.ts';
import { createRuns } from './chat/runs.ts';
import { openDatabase } from './db/client.ts';
import type { Database, Db } from './db/database.ts';
import { runPeriodically } from './db/periodic.ts';
import { newInstanceId } from './db/presence.ts';
import { type Env, settings } from './env.ts';
import type { Logger } from './log/index.ts';
import { createGuide, type GuideProcedure } from './models/guide/index.ts';
import { createModels, type Models } from './models/index.ts';
import { type Collector, createCollector } from './monitoring/collect.ts';
import { type AdminClaim, createAdminClaim } from './people/admin-claim.ts';
import { type Auth, type AuthOptions, createAuth } from './people/auth.ts';
import { type Authenticator, createAuthenticator } from './people/authenticator.ts';
import { loadOnce } from './load-once.ts';
import { createMaintenance, type Maintenance } from './maintenance/mode.ts';
import { type FetchMetadata, resourceOf } from './people/oauth/provider.ts';
import type { Passwords } from './people/passwords.ts';
import { watchCredentials } from './people/revocation.ts';
import { limitStreams, type Streams } from './people/streams.ts';
import { removeDeleted, removeExpired } from './removal.ts';
import { foldUnfolded } from './search/backfill.ts';
import { shareCounters } from './stores/shared-counters.ts';
import { loadTelemetry } from './telemetry.ts';
import { createGuardedFetch } from './transport/guarded-fetch.ts';
import { checkKeys } from './vault/key-use.ts';
import { loadSecrets, type Secrets } from './secrets/secrets.ts';

/** The interval for deleting expired rows, in milliseconds. */
const EXPIRED_MS = 10 * 60_000;
/** The interval for removing the rows of deleted chats and accounts, in milliseconds. */
const DELETED_MS = 5_000;
/** The interval for preparing texts that search cannot find yet, in milliseconds. */
const UNFOLDED_MS = 10_000;

/** The interval for starting to import chats, in milliseconds. */
const IMPORTS_MS = 1_000;

/** The services that calls use, created once per process. */
export interface Deps {
  /** Identifies this process among all instances. */
  instanceId: string;
  env: Env;
  log: Logger;
  secrets: Secrets;
  database: Database;
  /** `database.db`, for queries. */
  db: Db;
  auth: Auth;
  /** The same with OAuth, which is loaded at its first request, because it has hundreds of modules. */
  oauth: () => Promise<Auth>;
  /** Decides who becomes the first admin. */
  adminClaim: AdminClaim;
  models: Models;
  runs: Runs;
  /** Rejects changes while the operator has switched the maintenance mode on. */
  maintenance: Maintenance;
  authenticator: Authenticator;
  /** Creates counters whose limits hold across all instances. */
  counters: Counters;
  rateLimits: RateLimits;
  /** Counts and limits open streams, and ends those whose reader has lost access, and all when the instance stops. */
  streams: Streams;
  /** Reads the metrics that are not counted where something happens. */
  collector: Collector;
  /** Stops the periodic jobs and closes the database. Call `runs.drain` first. */
  close: () => Promise<void>;
}

/** Replaces defaults of `createDeps`, mostly in tests. */
export interface DepsOverrides {
  /** Opens the database to use instead of the one in `DATABASE_URL`. */
  open?: () => Promise<Database>;
  /** Hashes passwords instead of better-auth's scrypt. */
  passwords?: Passwords;
  /** Fetches the metadata documents of OAuth clients, instead of a fetch that rejects private addresses. */
  fetchMetadata?: FetchMetadata;
  /** Writes a line to the console at any log level; by default `console.log`. */
  print?: (line: string) => void;
  /** The interval for renewing the leases of answers and finding expired ones, in milliseconds. */
  renewMs?: number | undefined;
}

/**
 * Opens the database, applies migrations and creates the services.
 * @param procedures the procedures that the offline guide describes.
 * @throws {DatabaseLockedError} if another process has opened the embedded database.
 */
export async function createDeps(
  env: Env,
  log: Logger,
  procedures: readonly GuideProcedure[],
  {
    open = () => openDatabase(env, log),
    passwords,
    fetchMetadata = createGuardedFetch(),
    print = console.log,
    renewMs,
  }: DepsOverrides = {},
): Promise<Deps> {
  const instanceId = newInstanceId();
  const startTelemetry = await loadTelemetry(env);
  const secrets = loadSecrets(env);
  const database = await open();
  const collector = createCollector({ database, env });
  let endTelemetry = () => Promise.resolve();
  try {
    await database.migrate();
    endTelemetry = startTelemetry({ env, log, instanceId, collector });
    await checkKeys(database, secrets, log);
    const maintenance = await createMaintenance(database, env, log);
    const { pausing, isOn: isPaused } = maintenance;
    const { authSecrets } = secrets;
    const authWith = (options: AuthOptions) =>
      createAuth(env, database, secrets.authSecrets[0], log, adopt, { passwords, ...options });
    const auth = authWith({});
    const loadOauth = loadOnce(async () => {
      const { oauthPlugins } = await import('./people/oauth/plugins.ts');
      const withOauth = authWith({ plugins: oauthPlugins(env, { authSecrets, fetchMetadata }) });
      await withOauth.$context;
      return withOauth;
    });
    const adminClaim = createAdminClaim(database, { settings: env, authSecrets, print });
    await adminClaim.announce();
    const guide = createGuide({ procedures, settings: settings(), root: process.cwd() });
    const models = createModels(env, guide);
    // The embedded database has one instance.
    const shared = database.kind === 'postgres' ? shareCounters({ database, instanceId, log }) : undefined;
    const counters = shared ?? memoryCounters;
    const authenticator = await createAuthenticator(auth, database, log, {
      authSecrets,
      unknownKeyLimit: env.UNKNOWN_KEY_LIMIT,
      resource: resourceOf(env),
      counters,
      isReadOnly: isPaused,
    });
    const credentials = watchCredentials(database, authenticator, log);
    const runs = await createRuns({ instanceId, database, env, log, models, secrets, maintenance, renewMs });
    const every = (name: string, ms: number, work: () => Promise<void>) =>
      runPeriodically(name, ms, pausing(work), log);
    const periodicWork = [
      every('expired rows', EXPIRED_MS, () => removeExpired(database, env)),
      every('deleted chats and accounts', DELETED_MS, () => removeDeleted(database)),
      every('deleted files in S3', DELETED_MS, () => removeObjects({ db: database.db, env })),
      every('texts for search', UNFOLDED_MS, () => foldUnfolded(database)),
      every('imports of chats', IMPORTS_MS, () => importPending({ database, env, log }, isPaused)),
      scheduleBackups({ database, env, log, isPaused }),
    ];
    return {
      instanceId,
      env,
      log,
      secrets,
      database,
      db: database.db,
      auth,
      oauth: loadOauth,
      adminClaim,
      models,
      runs,
      maintenance,
      authenticator,
      counters,
      rateLimits: createRateLimits({ calls: env.RATE_LIMIT, bytes: env.BYTE_RATE_LIMIT }, counters),
      streams: limitStreams(env, credentials.watch),
      collector,
      async close() {
        for (const end of periodicWork) end();
        credentials.close();
        await runs.close();
        await maintenance.close();
        await authenticator.close();
        await shared?.close();
        // The last spans and metrics do not need the database, whose lock must not wait for a receiver.
        await Promise.all([database.close(), endTelemetry()]);
      },
    };
  } catch (error) {
    await Promise.all([database.close(), endTelemetry()]);
    throw error;
  }
}

/**
 * Returns the services for a call whose changes may be rolled back: they use the database of a transaction, and defer
 * effects outside of it. Each service is listed, so that a new one does not compile until it is added here.
 * @param defer receives each effect, to run it after the transaction is committed.
 */
export function scoped(deps: Deps, database: Database, defer: (effect: () => unknown) => void): Deps {
  const {
    instanceId,
    env,
    log,
    secrets,
    auth,
    oauth,
    adminClaim,
    models,
    maintenance,
    counters,
    rateLimits,
    streams,
    collector,
    close,
  } = deps;
  const { enter, follow, written, stop, stopAndWait, stopAll, activeCount, drain } = deps.runs;
  const { authenticate, invalidateAll, onInvalidate } = deps.authenticator;
  return {
    instanceId,
    env,
    log,
    secrets,
    auth,
    oauth,
    adminClaim,
    models,
    maintenance,
    counters,
    rateLimits,
    streams,
    collector,
    close,
    database,
    db: database.db,
    runs: {
      enter,
      follow,
      written,
      stop,
      stopAndWait,
      stopAll,
      activeCount,
      drain,
      close: deps.runs.close,
      start(run) {
        defer(() => {
          deps.runs.start(run);
        });
      },
      stopHere(runIds) {
        defer(() => {
          deps.runs.stopHere(runIds);
        });
      },
    },
    authenticator: {
      authenticate,
      invalidateAll,
      onInvalidate,
      close: deps.authenticator.close,
      invalidate(userId) {
        defer(() => {
          deps.authenticator.invalidate(userId);
        });
      },
    },
  };
}
