import {
  copyFileSync,
  globSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { posixPath } from '#server/posix-path';
import { OLDEST_NODE } from '../setup.mjs';
import { adaptPages, pageFiles } from './pages.ts';
import { packageFolderOf } from './sizes.ts';
import { trace } from './trace.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The programs of a bundle: the server, and that of the operator. */
const PROGRAMS = ['serve.ts', 'admin.ts'];
/** What programs read besides their modules: the migrations, and the pages from which the offline guide answers. */
const READ = [
  'server/db/migrations/**/*.{sql,json}',
  'README.md',
  'CONTRIBUTING.md',
  'LICENSE',
  'docs/**/*.md',
];
/** The schema after each migration, which only drizzle-kit reads. */
const NOT_READ = '_snapshot.json';
/** The texts that licenses require with each copy of a package. */
const LICENSE = /^(licen[cs]e|notice|copying)/i;
const NATIVE = /\.(node|so|so\.[\d.]+|dylib|dll|exe)$/;
/** What is only for the embedded database. */
const PGLITE = /^(\.next\/)?node_modules\/@electric-sql\/|^server\/db\/embedded\/worker\.ts$/;
/** What an installation in the folder of a bundle may have written there. */
const KEPT = ['.data', '.env'];

const Project = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string(),
  license: z.string(),
  imports: z.record(z.string(), z.unknown()),
});

/** Returns the license files of the packages that have one of these files. */
function licensesOf(files: readonly string[]): string[] {
  const folders = new Set(files.flatMap((file) => packageFolderOf(file) ?? []));
  return [...folders].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((file) => LICENSE.test(file))
      .map((file) => `${folder}/${file}`),
  );
}

/**
 * Finds all files that serve, of the project and of its build, which must exist.
 * @returns their paths in the folder of the project.
 * @throws {Error} if a file of the project names one that cannot be found, or if a file is for one platform only.
 */
export async function collect(): Promise<string[]> {
  const traced = await trace(ROOT, PROGRAMS);
  const read = READ.flatMap((pattern) => globSync(pattern, { cwd: ROOT }))
    .map((path) => posixPath(path))
    .filter((path) => !path.endsWith(NOT_READ));
  const files = [...traced, ...pageFiles(), ...read];
  const all = [...new Set([...files, ...licensesOf(files)])].filter((file) => file !== 'package.json');
  const native = all.filter((file) => NATIVE.test(file));
  if (native.length > 0) throw new Error(`These files run on one platform only: ${native.join(', ')}.`);
  return all;
}

/** Copies a file or a link, which leads to the same place in the copy. */
function copy(file: string, folder: string): void {
  const from = join(ROOT, file);
  const to = join(folder, file);
  mkdirSync(dirname(to), { recursive: true });
  if (lstatSync(from).isSymbolicLink())
    symlinkSync(relative(dirname(from), realpathSync(from)), to, 'junction');
  else copyFileSync(from, to);
}

/** Writes package.json, by which Node.js finds the program and the modules of the bundle. */
function writeManifest(folder: string): void {
  const project = Project.parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
  const manifest = {
    ...project,
    private: true,
    type: 'module',
    main: './index.mjs',
    engines: { node: `>=${OLDEST_NODE.join('.')}` },
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/**
 * Writes a bundle: files that serve when `node .` is run in its folder.
 * @param files as `collect` returns them.
 * @param folder replaced, except for the data and settings of an installation there.
 * @param options without `withPglite`, the bundle serves only on Postgres.
 */
export async function writeBundle(
  files: readonly string[],
  folder: string,
  { withPglite = true } = {},
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    if (!KEPT.includes(name)) rmSync(join(folder, name), { recursive: true });
  }
  for (const file of files) if (withPglite || !PGLITE.test(file)) copy(file, folder);
  copyFileSync(join(ROOT, 'scripts/bundle/program.mjs'), join(folder, 'index.mjs'));
  writeManifest(folder);
  await adaptPages(folder);
}
