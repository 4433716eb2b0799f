import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { z } from 'zod';
import { posixPath } from '#server/posix-path';

/** Thrown at the start when pages could not be served; its message says what to do. */
export class BuildError extends Error {
  override name = 'BuildError';
}

/** What Next.js writes beside each page: the files it loads, as paths from there. */
const Trace = z.object({ files: z.array(z.string()) });
const SUFFIX = '.nft.json';
const MEND = 'run `npm run build`, or copy all of .next again, with its links (cp -a, rsync -a, tar)';

/**
 * Checks that a build has every file of its own that its pages load, among them the links in .next/node_modules, by which they
 * find packages. A copy easily loses those, and Next.js would notice with the first page.
 * @param folder .next
 * @throws {BuildError} naming what is missing.
 */
export function checkBuild(folder: string): void {
  const server = join(folder, 'server');
  if (!existsSync(server)) throw new BuildError(`There is no build in ${folder}: ${MEND}.`);
  const traces = readdirSync(server, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => join(server, name));
  const files = traces.flatMap((trace) =>
    Trace.parse(JSON.parse(readFileSync(trace, 'utf8'))).files.map((file) => join(dirname(trace), file)),
  );
  // What is outside is in node_modules, and npm answers for it.
  const own = [...traces.map((trace) => trace.slice(0, -SUFFIX.length)), ...files].filter((file) =>
    file.startsWith(folder + sep),
  );
  const [missing, ...others] = [...new Set(own)].filter((file) => !existsSync(file));
  if (missing === undefined) return;
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  throw new BuildError(
    `The build in ${folder} is not whole, so pages would fail: it lacks ${posixPath(relative(folder, missing))}${more}. To mend it, ${MEND}.`,
  );
}
