import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { posixPath } from '#server/posix-path';
import { filesUnder } from './files.ts';
import { isNeeded } from './trace.ts';

const ROOT = join(import.meta.dirname, '../..');

/** What Next.js says of a build: its configuration, and the files that it reads besides the pages. */
const Build = z.object({
  version: z.number(),
  config: z.looseObject({
    turbopack: z.looseObject({}),
    experimental: z.looseObject({}),
  }),
  files: z.array(z.string()),
});
const BUILD = '.next/required-server-files.json';
const Trace = z.object({ version: z.number(), files: z.array(z.string()) });
const TRACE = '.nft.json';
/** What `next()` loads besides the pages. */
const SERVER_TRACE = '.next/next-server.js.nft.json';

const read = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));

/** Returns the files that a trace of Next.js names, relative to the folder of the project. */
const filesOf = (trace: string): string[] =>
  Trace.parse(read(trace)).files.map((file) => posixPath(join(dirname(trace), file)));

/**
 * Returns the files of the build: its pages, static files and links to packages, without source maps and caches; and the
 * files of packages that Next.js and the pages load.
 */
export function pageFiles(): string[] {
  const { files } = Build.parse(read(BUILD));
  const build = ['.next/server', '.next/static', '.next/node_modules'].flatMap((folder) =>
    filesUnder(folder, ROOT),
  );
  const traces = [SERVER_TRACE, ...build.filter((file) => file.endsWith(TRACE))];
  const packages = traces.flatMap(filesOf).filter(isNeeded);
  return [...new Set([...files, ...build, ...packages])].filter((file) => !file.endsWith('.map'));
}

/**
 * Writes the configuration of the build as serve.ts needs it, and without the folder of this project. Next.js reads it
 * instead of next.config.ts, which would need its compiler.
 */
async function writeConfiguration(folder: string): Promise<void> {
  // Read by next.config.ts.
  globalThis.servesPages = true;
  const { default: own } = await import('../../next.config.ts');
  const { version, config, files } = Build.parse(read(BUILD));
  const { outputFileTracingRoot: _root, repoRoot: _repository, turbopack, ...rest } = config;
  const { root: _folder, ...bundler } = turbopack;
  const served = {
    ...rest,
    turbopack: bundler,
    compress: own.compress,
    experimental: { ...config.experimental, ...own.experimental },
  };
  const build = { version, config: served, appDir: '', relativeAppDir: '', files, ignore: [] };
  writeFileSync(join(folder, BUILD), JSON.stringify(build));
}

/**
 * Adapts a copy of the build to its folder: its configuration, and the traces of its pages, which then name only files
 * of the copy. The start of the server checks them (server/pages/build.ts).
 */
export async function adaptPages(folder: string): Promise<void> {
  await writeConfiguration(folder);
  for (const trace of filesUnder('.next/server', folder).filter((file) => file.endsWith(TRACE))) {
    const place = join(folder, trace);
    const { version, files } = Trace.parse(JSON.parse(readFileSync(place, 'utf8')));
    const own = files.filter((file) => {
      const path = posixPath(join(dirname(trace), file));
      return path.startsWith('.next/') && existsSync(join(folder, path));
    });
    writeFileSync(place, JSON.stringify({ version, files: own }));
  }
}
