import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { z } from 'zod';
import { posixPath } from '#server/posix-path';

/** Thrown at startup if pages could not be served. The message says what to do. */
export class BuildError extends Error {
  override name = 'BuildError';
}

/** The file that Next.js writes beside each page. It lists the files that the page loads, as relative paths. */
const Trace = z.object({ files: z.array(z.string()) });
const SUFFIX = '.nft.json';
const REPAIR = 'Run `npm run build`, or copy all of .next again, with its links (cp -a, rsync -a, tar).';

/**
 * Checks that a build has all of its files that its pages load. They include the links in .next/node_modules, by which
 * pages find packages. A copy easily loses these links, and Next.js would only fail at the first page.
 * @param folder the path of .next.
 * @throws {BuildError} naming a missing file.
 */
export function checkBuild(folder: string): void {
  const server = join(folder, 'server');
  if (!existsSync(server)) throw new BuildError(`There is no build in ${folder}. ${REPAIR}`);
  const traces = readdirSync(server, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => join(server, name));
  const files = traces.flatMap((trace) =>
    Trace.parse(JSON.parse(readFileSync(trace, 'utf8'))).files.map((file) => join(dirname(trace), file)),
  );
  // Files outside of the folder are in node_modules, which npm checks.
  const own = [...traces.map((trace) => trace.slice(0, -SUFFIX.length)), ...files].filter((file) =>
    file.startsWith(folder + sep),
  );
  const [missing, ...others] = [...new Set(own)].filter((file) => !existsSync(file));
  if (missing === undefined) return;
  const more = others.length > 0 ? ` and ${others.length} more are` : ' is';
  const name = posixPath(relative(folder, missing));
  throw new BuildError(
    `The build in ${folder} is incomplete, so pages would fail: ${name}${more} missing. ${REPAIR}`,
  );
}
