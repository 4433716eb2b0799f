import { copyFileSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { compilePackage, packagesOf } from '../compile-package.ts';

const ROOT = join(import.meta.dirname, '../..');
const SOURCES = join(ROOT, 'src');
const DEFAULT_FOLDER = join(ROOT, 'dist/cli');

/** The programs, and what they import by a name that the compiler resolves to another module. */
const ENTRIES = ['cli/bin.ts', 'cli/run.ts', 'layer/runtime/node.ts'];

/** The packages that the project of the router has, in versions that both must share. */
const PEERS = { '@trpc/server': '^11.0.0', zod: '^3.25.0 || ^4.0.0' };

const Versions = z.record(z.string(), z.string());
const Manifest = z.looseObject({
  version: z.string(),
  license: z.string(),
  dependencies: Versions,
  devDependencies: Versions,
});

/**
 * Builds the package of the command line: its modules and those of the layer, compiled one by one, and the sources of
 * the SDK's runtime, which it copies into clients.
 * @param folder the path of the package.
 * @returns the same path.
 * @throws {Error} for a type error, or for an import of a package that package.json does not name.
 */
export function build(folder = DEFAULT_FOLDER): string {
  rmSync(folder, { recursive: true, force: true });
  compilePackage({ entries: ENTRIES, sources: SOURCES, folder, declaration: false });
  mkdirSync(join(folder, 'layer/sdk'), { recursive: true });
  for (const file of globSync('layer/sdk/*.ts', { cwd: SOURCES })) {
    copyFileSync(join(SOURCES, file), join(folder, file));
  }
  const { version, license, dependencies, devDependencies } = Manifest.parse(
    JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')),
  );
  const versions: Record<string, string> = { ...dependencies, ...devDependencies };
  const manifest = {
    name: '@switchboard/cli',
    version,
    description: 'Checks a tRPC router, and generates its OpenAPI document, its types and a client package.',
    license,
    type: 'module',
    bin: { 'switchboard-layer': './cli/bin.js' },
    exports: { './package.json': './package.json' },
    imports: {
      '#layer/*': './layer/*.js',
      '#runtime': './layer/runtime/node.js',
    },
    engines: { node: '>=22.18' },
    dependencies: Object.fromEntries(
      packagesOf(folder)
        .filter((name) => !(name in PEERS))
        .map((name) => [name, versions[name] ?? missing(name)]),
    ),
    peerDependencies: PEERS,
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  copyFileSync(join(SOURCES, 'cli/README.md'), join(folder, 'README.md'));
  copyFileSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
  return folder;
}

function missing(name: string): never {
  throw new Error(`package.json does not name ${name}, which the command line imports.`);
}
