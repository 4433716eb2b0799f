/** npm run sdk: generates the SDK from src/sdk/openapi.json and builds its package in dist/sdk. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.ts';
import { GENERATED, generate, readDocument } from './generate.ts';

mkdirSync(GENERATED, { recursive: true });
for (const [name, text] of Object.entries(await generate(readDocument()))) {
  writeFileSync(join(GENERATED, name), text);
}
const { folder, gzipBytes, limitBytes } = await build();
console.log(`${folder}: ${gzipBytes} bytes, minified and compressed; at most ${limitBytes}.`);
if (gzipBytes > limitBytes) process.exitCode = 1;
