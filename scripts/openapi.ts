/** npm run openapi: writes src/sdk/openapi.json from the procedures, and docs/errors.md from the error catalog. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorsDocument } from './errors-document.ts';
import { openApiDocument } from './openapi-document.ts';

for (const { path, text } of [openApiDocument(), errorsDocument()]) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  console.log(path);
}
