import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '../..');

/** A later migration, which changes nothing that the product uses. */
export interface Change {
  tag: string;
  text: string;
}

const Manifest = z.looseObject({ version: z.string() });
const Journal = z.looseObject({ entries: z.array(z.looseObject({ idx: z.number() })) });

/** Links everything in a folder of the project, except `others`, in a folder of another version. */
function link(root: string, folder: string, ...others: string[]): void {
  mkdirSync(join(root, folder), { recursive: true });
  for (const name of readdirSync(join(ROOT, folder))) {
    if (!others.includes(name)) symlinkSync(join(ROOT, folder, name), join(root, folder, name));
  }
}

function edit(path: string, change: (json: unknown) => unknown): void {
  writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')))));
}

/**
 * Creates a later version of the program: this one with another version number and more migrations.
 * @returns its folder, to start it in.
 */
export function createVersion(version: string, changes: readonly Change[]): string {
  const root = mkdtempSync(join(tmpdir(), 'switchboard-version-'));
  link(root, '.', 'package.json', 'serve.ts', 'server', '.git', '.data');
  // It works in the folder of its file, which must be this one.
  cpSync(join(ROOT, 'serve.ts'), join(root, 'serve.ts'));
  link(root, 'server', 'db');
  link(root, 'server/db', 'migrations');
  const migrations = join(root, 'server/db/migrations');
  cpSync(join(ROOT, 'server/db/migrations'), migrations, { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(root, 'package.json'));
  edit(join(root, 'package.json'), (json) => ({ ...Manifest.parse(json), version }));
  for (const [index, { tag, text }] of changes.entries()) {
    writeFileSync(join(migrations, `${tag}.sql`), text);
    edit(join(migrations, 'meta/_journal.json'), (json) => {
      const { entries, ...journal } = Journal.parse(json);
      const entry = {
        idx: entries.length,
        version: '7',
        when: 1_900_000_000_000 + index,
        tag,
        breakpoints: true,
      };
      return { ...journal, entries: [...entries, entry] };
    });
  }
  return root;
}
