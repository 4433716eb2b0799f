import { readFile } from 'node:fs/promises';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { posixPath } from '#server/posix-path';

/** The parts of @vercel/nft that are used here. */
interface Tracer {
  nodeFileTrace: (
    files: string[],
    options: {
      base: string;
      processCwd: string;
      moduleSyncCatchall: boolean;
      analysis: { emitGlobs: boolean };
      ignore: (path: string) => boolean;
      readFile: (path: string) => Promise<Buffer | string | null>;
    },
  ) => Promise<{
    /** The paths of files that are loaded or read, relative to `base`. */
    fileList: Set<string>;
    esmFileList: Set<string>;
    /** Why each file is part of the list, such as `dependency` or `asset`. */
    reasons: Map<string, { type: string[] }>;
    warnings: Set<Error>;
  }>;
}

/** The copy in Next.js, which has no types. It traces the pages, so that both find the same files of a package. */
const { nodeFileTrace } = createRequire(import.meta.url)('next/dist/compiled/@vercel/nft') as Tracer;

/** What may be part of a bundle, besides packages. */
const OWN = /^(app|routers|scripts|serve|server|src)\/|^[\w-]+\.ts$|^package\.json$/;
const TEST = /\.test\.tsx?$|(^|\/)testkit\.ts$/;
const TYPESCRIPT = '.ts';
const PACKAGES = 'node_modules/';

/** Files of packages that a bundle does not need, though something names them. */
const NOT_NEEDED = [
  // Declarations, source maps, and programs for one platform.
  /\.d\.[cm]?ts$|\.map$|\.node$/,
  // The image optimizer, which next.config.ts turns off.
  /^node_modules\/(sharp|@img|detect-libc)\//,
  // Node.js itself, and compilers of pages, types and next.config.ts.
  /^node_modules\/(node|typescript|@next\/swc-[^/]+)\//,
  /^node_modules\/next\/dist\/(build\/swc|compiled\/(webpack|babel|babel-packages|jest-worker))\//,
  // The development server of Next.js, its tests and its command line.
  /^node_modules\/next\/dist\/server\/(lib\/router-utils\/setup-dev-bundler|dev\/next-dev-server)\.js$/,
  /^node_modules\/next\/dist\/(experimental\/testmode|compiled\/@mswjs|lib\/upgrade)\//,
  /^node_modules\/next\/dist\/compiled\/next-server\/.*\.dev\.js$/,
  /^node_modules\/react(-dom)?\/.*\.development\.js$/,
  // The metrics of all fonts of Google. The pages use fonts of the system.
  /^node_modules\/next\/dist\/server\/capsize-font-metrics\.json$/,
];

/** True for a file of a package that a bundle has, if something names it. @param path with slashes. */
export const isNeeded = (path: string): boolean =>
  path.startsWith(PACKAGES) && !NOT_NEEDED.some((pattern) => pattern.test(path));

/** Reads a file for the tracer, which understands no TypeScript. @returns null if there is none. */
async function readSource(path: string): Promise<Buffer | string | null> {
  try {
    const content = await readFile(path);
    const isOurs = path.endsWith(TYPESCRIPT) && !posixPath(path).includes(`/${PACKAGES}`);
    return isOurs ? stripTypeScriptTypes(content.toString()) : content;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'EISDIR') return null;
    throw error;
  }
}

/** The file that a warning is about, if it names one. */
const SUBJECT = /^Failed to parse (.+) as (?:script|module):|loaded from (.+)$/m;

/**
 * True for a warning about a file of the project. Packages are full of imports that are optional. The tracer first
 * parses each file as a script, and then as a module.
 */
function isOurs({ message }: Error): boolean {
  if (/^Failed to parse .+ as script:/.test(message)) return false;
  const [, parsed, importer = parsed] = SUBJECT.exec(message) ?? [];
  return importer === undefined || !posixPath(importer).includes(`/${PACKAGES}`);
}

/**
 * Finds all files that programs load, in the project and in its packages. The path of a .ts file in the text of a
 * program is that of a thread or a process, whose files are found, too.
 * @param root the folder of the project.
 * @param programs the paths of the programs, relative to `root`.
 * @returns the paths of the files, relative to `root`, with slashes.
 * @throws {Error} if a file of the project cannot be read, or an import of it cannot be found.
 */
export async function trace(root: string, programs: readonly string[]): Promise<string[]> {
  const entries = programs.map((program) => join(root, program));
  const { fileList, esmFileList, reasons, warnings } = await nodeFileTrace(entries, {
    base: root,
    processCwd: root,
    moduleSyncCatchall: true,
    // Otherwise, a package that reads the version of any other one would bring the package.json of all of them.
    analysis: { emitGlobs: false },
    readFile: readSource,
    ignore(file) {
      const path = posixPath(file);
      return path.startsWith(PACKAGES) ? !isNeeded(path) : !OWN.test(path) || TEST.test(path);
    },
  });
  const problems = [...warnings].filter(isOurs).map(({ message }) => message);
  if (problems.length > 0) {
    throw new Error(`The files of the bundle cannot be found:\n${problems.join('\n')}`);
  }
  const found = [...new Set([...fileList, ...esmFileList])].map((file) => ({
    path: posixPath(file),
    isRead: reasons.get(file)?.type.every((type) => type === 'asset') ?? false,
  }));
  const packages = found.filter(({ path }) => path.startsWith(PACKAGES));
  const sources = found.filter(({ path }) => !path.startsWith(PACKAGES));
  const started = sources.filter(({ path, isRead }) => isRead && path.endsWith(TYPESCRIPT));
  if (started.length > 0) return trace(root, [...programs, ...started.map(({ path }) => path)]);
  return [...packages, ...sources.filter(({ isRead }) => !isRead)].map(({ path }) => path);
}
