import { execFileSync } from 'node:child_process';
import { copyFileSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build as bundle } from 'esbuild';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'dist/sdk');
/** The size limit of the whole client, minified and compressed. */
const LIMIT_BYTES = 8 * 1024;

const Manifest = z.looseObject({ version: z.string(), license: z.string() });

/** Builds the package from the generated and the hand-written sources. */
export async function build(): Promise<{ folder: string; gzipBytes: number; limitBytes: number }> {
  rmSync(FOLDER, { recursive: true, force: true });
  execFileSync(
    process.execPath,
    [join(ROOT, 'node_modules/typescript/bin/tsc'), '--project', join(ROOT, 'src/sdk')],
    {
      stdio: 'inherit',
    },
  );
  for (const path of globSync('**/*.d.ts', { cwd: FOLDER })) renameImports(join(FOLDER, path));
  const { version, license } = Manifest.parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
  const manifest = {
    name: '@switchboard/sdk',
    version,
    description:
      'The client of a Switchboard server: typed calls, pages, answers that survive lost connections.',
    license,
    type: 'module',
    exports: { '.': { types: './index.d.ts', default: './index.js' }, './package.json': './package.json' },
    types: './index.d.ts',
    sideEffects: false,
    engines: { node: '>=20' },
  };
  writeFileSync(join(FOLDER, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  copyFileSync(join(ROOT, 'src/sdk/README.md'), join(FOLDER, 'README.md'));
  copyFileSync(join(ROOT, 'LICENSE'), join(FOLDER, 'LICENSE'));
  return {
    folder: relative(ROOT, FOLDER),
    gzipBytes: await sizeOf(join(FOLDER, 'index.js')),
    limitBytes: LIMIT_BYTES,
  };
}

/** Replaces the `.ts` of imports in a declaration by `.js`, because TypeScript keeps the names of sources. */
function renameImports(file: string): void {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replaceAll(/(['"])(\.{1,2}\/[^'"]+)\.ts\1/g, '$1$2.js$1'));
}

async function sizeOf(entry: string): Promise<number> {
  const { outputFiles } = await bundle({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
  });
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).byteLength;
}
