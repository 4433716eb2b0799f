import { type Check, CHECKS, type Level, type System } from '#contract/system';
import { checkBackup } from './backup.ts';
import { checkClock, checkConnections, checkDatabase, checkMigrations } from './database.ts';
import { checkDisk } from './disk.ts';
import { checkFiles } from './files.ts';
import { described, type Found, ok, problem, reasonOf, warning } from './finding.ts';
import { checkMaintenance } from './maintenance.ts';
import { checkModel } from './model.ts';
import { checkProxies } from './proxies.ts';
import { checkSecrets } from './secrets.ts';
import { settingsInEffect } from './settings.ts';
import type { Reachable, Subject } from './subject.ts';
import { programVersion } from '#server/version';

/** The time limit of a check, in milliseconds. */
const LIMIT_MS = 5_000;
/** The time limit of the answer of a model, in milliseconds. */
const MODEL_LIMIT_MS = 15_000;

interface Limited {
  check: Check;
  signal: AbortSignal;
  limitMs?: number;
  /** What is found after the time limit. */
  late?: Found;
}

/** Returns the result of a check within its time limit. An error or the end of the time is a finding, too. */
async function limited(
  { check, signal, limitMs = LIMIT_MS, late }: Limited,
  work: (signal: AbortSignal) => Promise<Found[]>,
): Promise<Found[]> {
  const ended = new AbortController();
  const stop = AbortSignal.any([signal, ended.signal]);
  const seconds = limitMs / 1000;
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<Found[]>((resolve) => {
    timer = setTimeout(() => resolve([late ?? problem('checkSlow', { check, seconds })]), limitMs);
  });
  const failed = (error: unknown) => [problem('checkFailed', { check, reason: reasonOf(error) })];
  try {
    return await Promise.race([work(stop).catch(failed), tooLate]);
  } finally {
    clearTimeout(timer);
    ended.abort();
  }
}

const programFound = () => ok('programVersion', { version: programVersion(), node: process.versions.node });

/** Runs all checks at the same time. @returns their findings, by check. */
function runChecks(subject: Subject): Record<Check, Promise<Found[]>> {
  const { signal, env, database } = subject;
  const run = (
    check: Check,
    work: (signal: AbortSignal) => Promise<Found[]>,
    options: Pick<Limited, 'limitMs' | 'late'> = {},
  ) => limited({ check, signal, ...options }, work);
  const silent = problem('databaseSilent', { seconds: LIMIT_MS / 1000 });
  const opened = run('database', () => checkDatabase(subject), { late: silent });
  const isReachable = async () => database && (await opened).every(({ level }) => level === 'ok');
  /** Runs a check that needs the database, unless the database has just failed. */
  async function withDatabase(
    check: Check,
    work: (reachable: Reachable) => Promise<Found[]>,
  ): Promise<Found[]> {
    if (database && (await isReachable())) return run(check, () => work({ ...subject, database }));
    // There is nothing to check before the first start.
    return (await opened).some(({ level }) => level !== 'ok') ? [warning('checkSkipped', { check })] : [];
  }
  return {
    program: run('program', async () => [programFound()]),
    database: opened,
    migrations: withDatabase('migrations', checkMigrations),
    connections: withDatabase('connections', checkConnections),
    maintenance: withDatabase('maintenance', checkMaintenance),
    clock: withDatabase('clock', checkClock),
    disk: run('disk', () => checkDisk(subject)),
    secrets: opened.then(async () => {
      const reachable = (await isReachable()) ?? false;
      return run('secrets', () => checkSecrets(subject, reachable));
    }),
    model: run('model', (stop) => checkModel(subject, stop), {
      limitMs: MODEL_LIMIT_MS,
      late: problem('modelSilent', { model: env.AI_MODEL, seconds: MODEL_LIMIT_MS / 1000 }),
    }),
    files: withDatabase('files', checkFiles),
    backup: run('backup', () => checkBackup(subject)),
    proxies: run('proxies', () => checkProxies(subject)),
  };
}

function settingsOf({ env, secrets }: Subject): System['settings'] {
  try {
    return settingsInEffect(env, secrets());
  } catch {
    // The check of the secrets reports that they cannot be read.
    return settingsInEffect(env, undefined);
  }
}

/** Returns the worst of some levels. */
function worstOf(levels: readonly Level[]): Level {
  if (levels.includes('problem')) return 'problem';
  return levels.includes('warning') ? 'warning' : 'ok';
}

/**
 * Checks an installation. Each check has a time limit, and none hides the others. The result contains no secret, no
 * token and no password.
 */
export async function examine(subject: Subject): Promise<System> {
  const checkedAt = new Date();
  const results = runChecks(subject);
  const found = await Promise.all(
    CHECKS.map(async (check) => (await results[check]).map((one) => described(check, one))),
  );
  const findings = found.flat();
  return {
    level: worstOf(findings.map(({ level }) => level)),
    checkedAt,
    findings,
    settings: settingsOf(subject),
  };
}
