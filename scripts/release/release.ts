import { execFileSync, type StdioOptions } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { z } from 'zod';
import { build as buildCli } from '../cli/build.ts';
import { SCOPE } from '../compile-package.ts';
import { build as buildLayer } from '../layer/build.ts';
import { npmCommand } from '../setup.mjs';

const Packed = z.tuple([
  z.object({
    name: z.string(),
    version: z.string(),
    filename: z.string(),
    size: z.number(),
    files: z.array(z.object({ path: z.string() })),
  }),
]);

/** A package that can be published. */
export interface Release {
  /** Such as `@acme/layer@1.0.0`. */
  id: string;
  /** The folder of the package. */
  folder: string;
  /** The path of the packed package. */
  tarball: string;
  /** The size of the packed package in bytes. */
  size: number;
  /** The paths of its files, sorted. */
  files: string[];
}

/**
 * Builds and packs both packages.
 * @param root the folder to build in. @param scope replaces the placeholder in all files.
 */
export function createReleases(root: string, scope: string = SCOPE): { layer: Release; cli: Release } {
  return {
    layer: pack(root, buildLayer(join(root, 'layer')), scope),
    cli: pack(root, buildCli(join(root, 'cli')), scope),
  };
}

function pack(root: string, folder: string, scope: string): Release {
  for (const file of globSync('**/*.{js,ts,json,md}', { cwd: folder })) {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    const scoped = text.replaceAll(`${SCOPE}/`, `${scope}/`);
    if (scoped !== text) writeFileSync(path, scoped);
  }
  const output = npm(['pack', folder, '--pack-destination', root, '--json'], root);
  const [{ name, version, filename, size, files }] = Packed.parse(JSON.parse(output));
  return {
    id: `${name}@${version}`,
    folder,
    tarball: join(root, filename),
    size,
    files: files.map(({ path }) => path).toSorted(),
  };
}

/** Runs npm. @returns its output. @throws {Error} if it fails. */
function npm(options: string[], folder: string): string {
  const { command, args, shell } = npmCommand(process.env, process.platform);
  const stdio: StdioOptions = ['ignore', 'pipe', 'inherit'];
  return execFileSync(command, [...args, ...options], { cwd: folder, encoding: 'utf8', shell, stdio });
}

/** Returns what publint finds in a package. */
export async function lintPackage({ folder }: Release): Promise<string[]> {
  const { messages } = await publint({ pkgDir: folder, strict: true });
  return messages.map((message) => JSON.stringify(message));
}

/** Returns what arethetypeswrong finds in a package with types. */
export async function checkTypes({ tarball }: Release): Promise<string[]> {
  const result = await checkPackage(createPackageFromTarballData(readFileSync(tarball)));
  if (!('problems' in result)) return ['The package has no types.'];
  const problems = result.problems.filter(
    // Node 10 knows no exports, and a CommonJS file that requires an ES module is intended.
    (problem) =>
      !('resolutionKind' in problem && problem.resolutionKind === 'node10') &&
      problem.kind !== 'CJSResolvesToESM',
  );
  return problems.map((problem) => JSON.stringify(problem));
}

/** Returns what would be published: the name and the size of a package, and its files. */
export const describeRelease = ({ id, size, files }: Release): string =>
  [`${id}: ${files.length} files, ${size} bytes packed`, ...files.map((file) => `  ${file}`)].join('\n');

/** Publishes the packed package. @throws {Error} if the registry rejects it. */
export function publish({ tarball }: Release, root: string, registry: string): void {
  npm(['publish', tarball, '--registry', registry], root);
}
