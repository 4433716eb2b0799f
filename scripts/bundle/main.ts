/** npm run bundle [-- --without-pglite]: writes what serves, and nothing else, to dist/app, and prints its size. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeSizes, sizesOf } from './sizes.ts';
import { collect, writeBundle } from './write.ts';

const FOLDER = join(import.meta.dirname, '../../dist/app');

const { values } = parseArgs({ options: { 'without-pglite': { type: 'boolean', default: false } } });
await writeBundle(await collect(), FOLDER, { withPglite: !values['without-pglite'] });
console.log(`${FOLDER}: ${describeSizes(sizesOf(FOLDER))}`);
