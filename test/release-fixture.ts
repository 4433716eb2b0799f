/**
 * node test/release-fixture.ts FILE: writes a backup of a new database with a row in each table. `npm run release --
 * --prepare` calls it, and server/backup/releases.test.ts starts the program on each of these files.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fingerprintsOf } from '#server/backup/manifest';
import { fileTarget } from '#server/backup/target';
import { writeArchive } from '#server/backup/write';
import { openPgliteCopy } from '#server/db/copying/pglite';
import { filesFolder } from '#server/db/folder';
import { openPglite } from '#server/db/pglite';
import { keyringFrom } from '#server/secrets/keyring';
import { silent } from './logs.ts';
import { fillAllTables } from './whole-database.ts';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('Usage: node test/release-fixture.ts FILE');

const folder = mkdtempSync(join(tmpdir(), 'switchboard-release-'));
try {
  const database = await openPglite(folder, silent);
  await database.migrate();
  await database.close();
  const session = await openPgliteCopy(filesFolder(folder));
  await fillAllTables(session);
  mkdirSync(dirname(file), { recursive: true });
  // The data of a fixture needs no secrets that anyone has.
  const encryptionKeys = keyringFrom([Buffer.alloc(32).toString('base64')]);
  const secrets = fingerprintsOf({ authSecrets: ['of no installation'], encryptionKeys });
  await writeArchive(session, fileTarget(file), secrets);
  await session.close();
} finally {
  rmSync(folder, { recursive: true });
}
