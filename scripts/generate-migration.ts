/**
 * npm run db:generate -- --name=topic: writes a migration with the changes of server/db/schema/, by drizzle-kit, whose
 * options it takes. It declares that the last release works with the result (docs/migrations.md).
 */
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MIGRATIONS } from '#server/db/migrations';
import { CHANGELOG, releasedVersions } from './release/changes.ts';
import { projectManifest } from './compile-package.ts';

const ROOT = join(import.meta.dirname, '..');

const files = () => globSync('*.sql', { cwd: MIGRATIONS });

const before = files();
execFileSync(
  process.execPath,
  [join(ROOT, 'node_modules/drizzle-kit/bin.cjs'), 'generate', ...process.argv.slice(2)],
  { cwd: ROOT, stdio: 'inherit' },
);
const [last = projectManifest().version] = releasedVersions(readFileSync(join(ROOT, CHANGELOG), 'utf8'));
for (const file of files()) {
  if (before.includes(file)) continue;
  const path = join(MIGRATIONS, file);
  writeFileSync(path, `-- works with ${last}\n${readFileSync(path, 'utf8')}`);
}
