/** npm run openapi: writes src/sdk/openapi.json, the document that the SDK is generated from. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appRouter } from '#routers/index';
import { createOpenApiDocument } from '#server/surfaces/openapi';

const document = createOpenApiDocument(appRouter, { title: 'Switchboard', version: '0.1.0' });
const path = join(import.meta.dirname, '../src/sdk/openapi.json');
writeFileSync(path, `${JSON.stringify(document, null, 2)}\n`);
console.log(path);
