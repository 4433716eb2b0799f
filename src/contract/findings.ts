/**
 * What the checks of an installation can find, by code: one sentence each, with what to do about it. The server fills in
 * `{values}`. The pages show the same texts in their language (`src/locales/`).
 */
export const FINDINGS = {
  programVersion: 'Version {version} runs on Node.js {node}.',

  databaseAnswers: '{database} answers in {ms} ms.',
  databaseNone: 'There is no database in {place} yet. The first start creates it.',
  databaseInUse: 'Another process has the database in {place} open. Stop it, or wait until it has started.',
  databaseUnusable:
    'The database in {place} cannot be opened ({reason}). Start the server, whose message says what to do.',
  databaseUnreachable:
    'The database does not accept connections ({reason}). Start it, or correct DATABASE_URL.',
  databaseSilent:
    'The database has not answered within {seconds} s. Look for slow statements and locks, and at its load.',
  databaseFull:
    'The database has no connection left. Raise max_connections, or lower DATABASE_POOL_SIZE on all instances.',
  databaseLogin:
    'The database rejects the login ({reason}). Correct the user, the password or the name of the database in DATABASE_URL.',
  databaseOld: 'PostgreSQL {version} is too old. Use version 15 or later.',

  migrationsApplied: 'All {count} migrations are applied.',
  migrationsPending:
    'Migrations are missing ({count}). Make a backup, and start the server, which applies them.',
  migrationsNewer:
    'A newer version has migrated the database, and this version still works with it. Complete the upgrade, or go back on all instances.',
  migrationsUnknown:
    'A newer version has migrated the database, and this version does not work with it. Start that version, or restore the backup from before.',
  migrationsChanged:
    'The migration {name} was changed after it was applied. Restore its file, and put the change into a new one.',

  maintenanceOff: 'The server accepts changes.',
  maintenanceOn:
    'Maintenance mode is on since {since}, so changes are rejected. Switch it off with: npm run admin -- maintenance off',
  maintenanceSet:
    'MAINTENANCE is set, so changes are rejected. Remove it before the next start, and switch the mode off with: npm run admin -- maintenance off',

  clockRight: 'The clock differs by {seconds} s from that of the database.',
  clockWrong:
    'The clock differs by {seconds} s from that of the database. Synchronize the clocks of both machines (NTP).',

  diskFree: '{setting} ({place}) has {megabytes} MB free.',
  diskLow: '{setting} ({place}) has only {megabytes} MB free. Delete files there, or enlarge the disk.',
  diskUnusable:
    '{setting} ({place}) cannot be used ({reason}). Create the folder, and let the user of the server write to it.',

  connectionsLeft: '{open} of {most} connections of the database are open.',
  connectionsScarce:
    'Only {left} of {most} connections of the database are left, and an instance needs up to {needed}. Raise max_connections, lower DATABASE_POOL_SIZE, or use a connection pooler (DATABASE_DIRECT_URL).',

  secretKnown: '{setting} has the fingerprint {fingerprint}.',
  secretsNone: 'There are no secrets yet. The first start generates them in {place}.',
  secretsMissing: 'AUTH_SECRET or ENCRYPTION_KEY is missing. Set both as on the server.',
  secretsUnreadable: '{place} cannot be read. Restore it, or set AUTH_SECRET and ENCRYPTION_KEY.',
  secretDiffers:
    '{setting} has the fingerprint {fingerprint}, but the server that started last has {stored}. Set the same value everywhere, and restart.',
  secretLacksKey:
    'ENCRYPTION_KEY lacks the key {stored}, without which {count} stored values cannot be decrypted. Add it to the end of the list, and restart.',
  secretGenerated:
    '{setting} was generated in {place}. Keep a copy of that file, and set its value on all instances before there is a second one.',

  modelGuide: 'The offline guide answers. Set AI_MODEL to use a language model.',
  modelAnswers: '{model} answered in {ms} ms.',
  modelWithoutKey: '{model} has no key. Set {setting}, or users need a key of their own in their settings.',
  modelWithoutUrl: '{model} has no URL. Set AI_BASE_URL to the URL of its API.',
  modelUnauthorized: 'The provider of {model} rejects the key. Correct {setting}.',
  modelUnreachable:
    '{model} cannot be reached. Check the network of the server, the state of the provider, and AI_BASE_URL.',
  modelSilent: '{model} has not answered within {seconds} s. Check the load and the state of the provider.',
  modelLimited: 'The provider of {model} limits the requests of this key. Wait, or raise its limit there.',
  modelRejected:
    'The provider rejects a request to {model}. Check the name of the model in AI_MODEL, and the account at the provider.',
  modelUnreadable:
    'The response of {model} cannot be read. Check that AI_BASE_URL is an OpenAI-compatible API.',

  filesInDatabase: 'Uploaded files are stored in the database.',
  filesInS3: 'Uploaded files are stored in S3, where they can be read.',
  filesUnreachable:
    'Uploaded files in S3 cannot be read ({reason}). Correct the settings of S3. The command backups says what is wrong.',
  filesWithoutBucket: 'There are uploaded files in S3, and S3_BUCKET is not set. Set it to their bucket.',

  backupRecent: 'The newest backup is {hours} hours old.',
  backupNone:
    'There is no backup in {place} yet. A running server makes one within minutes, or logs why not.',
  backupOld:
    'The newest backup is {hours} hours old, and BACKUP_EVERY is {every}. The log of the server says why a scheduled backup failed.',
  backupUnreachable: 'The backups in S3 cannot be listed ({reason}). The command backups says what to do.',
  backupOff: 'No backups are scheduled. Set BACKUP_DIR or S3_BUCKET, or run the command backup every day.',
  backupElsewhere:
    'No backups are scheduled here. Set BACKUP_DIR or S3_BUCKET, unless Postgres is backed up in another way.',

  proxiesNone: 'This call came from {client} without a proxy.',
  proxiesTrusted:
    'This call came from {client} through {peer} (X-Forwarded-For: {chain}, TRUST_PROXY={trust}).',
  proxiesIgnored:
    'This call came through a proxy (X-Forwarded-For: {chain}) that is not trusted, so all of its users count as {client}. Set TRUST_PROXY={count}.',
  proxiesOtherPeer:
    'This call came from {peer} with X-Forwarded-For: {chain}, which is ignored, because TRUST_PROXY={trust} does not contain that address. Add its network if it is your proxy.',
  proxiesMissing:
    'This call came from {peer} without X-Forwarded-For, but TRUST_PROXY={trust}. If clients can reach the server without the proxy, they can choose their address: let only the proxy reach it.',
  proxiesFewer:
    'This call came through {count} proxies (X-Forwarded-For: {chain}), but TRUST_PROXY={trust}, so clients can choose their address. Set TRUST_PROXY={count}.',
  proxiesMore:
    'This call counts as one from {client}, which is a private address (X-Forwarded-For: {chain}, TRUST_PROXY={trust}). If all of these are your proxies, set TRUST_PROXY={count}.',

  checkFailed: 'The check {check} failed ({reason}). Run it again, and report it if it fails again.',
  checkSlow:
    'The check {check} has no result after {seconds} s. Look at the load of the machine and of the database.',
  checkSkipped: 'The check {check} was left out, because the database cannot be used.',
} as const;

/** The code of a finding. */
export type FindingCode = keyof typeof FINDINGS;
