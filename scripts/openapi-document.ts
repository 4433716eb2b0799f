import { join } from 'node:path';
import { createOpenApiDocument } from '#layer/index';
import { documentInfo } from '#routers/document';
import { appRouter } from '#routers/index';

/** Returns the path and the text of the committed OpenAPI document, from which the SDK is generated. */
export function openApiDocument(): { path: string; text: string } {
  const document = createOpenApiDocument(appRouter, documentInfo);
  return {
    path: join(import.meta.dirname, '../src/sdk/openapi.json'),
    text: `${JSON.stringify(document, null, 2)}\n`,
  };
}
