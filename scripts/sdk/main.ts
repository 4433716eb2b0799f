/** npm run sdk: generates the SDK from src/sdk/openapi.json and builds its package in dist/sdk. */
import { writeFileSync } from 'node:fs';
import { build } from './build.ts';
import { sdkFiles } from './files.ts';

for (const { path, text } of await sdkFiles()) writeFileSync(path, text);
const { folder, gzipBytes, limitBytes } = await build();
console.log(`${folder}: ${gzipBytes} bytes, minified and compressed; at most ${limitBytes}.`);
if (gzipBytes > limitBytes) process.exitCode = 1;
