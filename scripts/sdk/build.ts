import { copyFileSync, globSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build as bundle } from 'esbuild';
import { z } from 'zod';
import { PRODUCT } from '#contract/product';
import { writeClientPackage } from '#layer/cli/index';

const ROOT = join(import.meta.dirname, '../..');
const SOURCES = join(ROOT, 'src/sdk');
const FOLDER = join(ROOT, 'dist/sdk');
/** The size limit of the whole client, minified and compressed. */
const LIMIT_BYTES = 8 * 1024;

const Manifest = z.looseObject({ version: z.string(), license: z.string() });

/** Builds the package from the generated and the hand-written sources. */
export async function build(): Promise<{ folder: string; gzipBytes: number; limitBytes: number }> {
  rmSync(FOLDER, { recursive: true, force: true });
  const { version, license } = Manifest.parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
  writeClientPackage({
    sources: SOURCES,
    files: globSync('**/*.ts', { cwd: SOURCES, exclude: ['**/*.test.ts', 'testkit.ts'] }).map((file) =>
      join(SOURCES, file),
    ),
    folder: FOLDER,
    manifest: {
      name: `@${PRODUCT.slug}/sdk`,
      version,
      description: `The client of the ${PRODUCT.name} API: typed calls, pages, answers that survive lost connections.`,
      license,
    },
  });
  copyFileSync(join(SOURCES, 'README.md'), join(FOLDER, 'README.md'));
  copyFileSync(join(ROOT, 'LICENSE'), join(FOLDER, 'LICENSE'));
  return {
    folder: relative(ROOT, FOLDER),
    gzipBytes: await sizeOf(join(FOLDER, 'index.js')),
    limitBytes: LIMIT_BYTES,
  };
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
