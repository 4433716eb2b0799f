/** npm run openapi: writes src/sdk/openapi.json from the procedures. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { openApiDocument } from './openapi-document.ts';

const { path, text } = openApiDocument();
mkdirSync(dirname(path), { recursive: true });
writeFileSync(path, text);
console.log(path);
