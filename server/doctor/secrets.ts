import { fingerprintsOf } from '#server/backup/manifest';
import { isUndefinedTable } from '#server/db/errors';
import type { Database } from '#server/db/database';
import { keyUses, lastStarted, missingUses } from '#server/vault/key-use';
import type { SecretName } from '#server/secrets/keyring';
import { type Secrets, secretsFile } from '#server/secrets/secrets';
import { type Found, ok, problem, warning } from './finding.ts';
import type { Subject } from './subject.ts';

/** Returns the fingerprints of secrets by setting, newest first. */
export function fingerprints(secrets: Secrets): Record<SecretName, readonly string[]> {
  const { authSecret, encryptionKey } = fingerprintsOf(secrets);
  return { AUTH_SECRET: authSecret, ENCRYPTION_KEY: encryptionKey };
}

const NAMES = ['AUTH_SECRET', 'ENCRYPTION_KEY'] as const;

/** Returns the result of statements; `fallback` if the database was never migrated. */
async function ifMigrated<T>(work: () => Promise<T>, fallback: T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isUndefinedTable(error)) return fallback;
    throw error;
  }
}

/** Compares the secrets with those of the server that started last. */
function compare(
  own: Record<SecretName, readonly string[]>,
  last: Partial<Record<SecretName, string>>,
): Found[] {
  return NAMES.map((setting) => {
    const [fingerprint = ''] = own[setting];
    const stored = last[setting];
    if (stored === undefined || stored === fingerprint) return ok('secretKnown', { setting, fingerprint });
    // While secrets are rotated, the list has both.
    const differs = own[setting].includes(stored) ? warning : problem;
    return differs('secretDiffers', { setting, fingerprint, stored });
  });
}

async function lacking(database: Database, secrets: Secrets): Promise<Found[]> {
  const missing = missingUses(await ifMigrated(() => keyUses(database), []), secrets);
  return [...Map.groupBy(missing, ({ id }) => id ?? '')].map(([stored, uses]) =>
    problem('secretLacksKey', { stored, count: uses.reduce((sum, { count }) => sum + count, 0) }),
  );
}

/** Checks the secrets. @param isReachable true if the database responds, so that they can be compared with it. */
export async function checkSecrets(subject: Subject, isReachable: boolean): Promise<Found[]> {
  const { env } = subject;
  const place = secretsFile(env);
  const database = isReachable ? subject.database : undefined;
  let secrets: Secrets | undefined;
  try {
    secrets = subject.secrets();
  } catch {
    return [problem('secretsUnreadable', { place })];
  }
  const last = database ? await ifMigrated(() => lastStarted(database.db), {}) : {};
  if (!secrets) {
    return [Object.keys(last).length > 0 ? problem('secretsMissing') : ok('secretsNone', { place })];
  }
  const found = compare(fingerprints(secrets), last);
  if (!database) return found;
  found.push(...(await lacking(database, secrets)));
  if (database.kind === 'postgres') {
    const generated = NAMES.filter((setting) => env[setting] === undefined);
    found.push(...generated.map((setting) => warning('secretGenerated', { setting, place })));
  }
  return found;
}
