import { copyFileSync, globSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { compilePackage, dependenciesOf, projectManifest, SCOPE, writePackage } from '../compile-package.ts';

const ROOT = join(import.meta.dirname, '../..');
const SOURCES = join(ROOT, 'src');
const DEFAULT_FOLDER = join(ROOT, 'dist/cli');

/** The programs, and what they import by a name that the compiler resolves to another module. */
const ENTRIES = ['cli/bin.ts', 'cli/run.ts', 'layer/runtime/node.ts'];

/** The packages that the project of the router has, in versions that both must share. */
const PEERS = { '@trpc/server': '^11.0.0', zod: '^3.25.0 || ^4.0.0' };

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
  const { dependencies, devDependencies } = projectManifest();
  const versions: Record<string, string> = { ...dependencies, ...devDependencies };
  const manifest = {
    name: `${SCOPE}/cli`,
    description: 'Checks a tRPC router, and generates its OpenAPI document, its types and a client package.',
    bin: { 'switchboard-layer': './cli/bin.js' },
    exports: { './package.json': './package.json' },
    imports: {
      '#layer/*': './layer/*.js',
      '#runtime': './layer/runtime/node.js',
    },
    engines: { node: '>=22.18' },
    dependencies: dependenciesOf(folder, PEERS, (name) => versions[name] ?? missing(name)),
    peerDependencies: PEERS,
  };
  writePackage(folder, manifest, join(SOURCES, 'cli/README.md'));
  return folder;
}

function missing(name: string): never {
  throw new Error(`package.json does not name ${name}, which the command line imports.`);
}
