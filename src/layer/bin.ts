#!/usr/bin/env node
/** The program of the layer's own package: it runs the command line, which servers do not need, from its package. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const PACKAGE = '@switchboard/cli';

/** Returns the folder of the package, as the project or this package finds it; `undefined` if it is not installed. */
function find(): string | undefined {
  for (const base of [join(process.cwd(), 'package.json'), import.meta.url]) {
    try {
      return dirname(createRequire(base).resolve(`${PACKAGE}/package.json`));
    } catch {
      // The next base may find it.
    }
  }
  return undefined;
}

const folder = find();
if (folder === undefined) {
  console.error(`The command line is a package of its own. To install it: npm install --save-dev ${PACKAGE}`);
  process.exitCode = 1;
} else await import(pathToFileURL(join(folder, 'cli/bin.js')).href);
