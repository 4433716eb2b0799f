import * as core from 'zod/v4/core';
import type { CreateDocumentOptions, ZodOpenApiOverride } from 'zod-openapi';

/**
 * The schema types that may be empty, because a meta can describe them. `createWire` replaces those without such a
 * meta.
 */
const EVEN_EMPTY = { custom: true, transform: true, pipe: true, function: true, symbol: true } as const;

/** Adjusts schemas to what is sent. JSON has no dates or bigints, so their schemas describe the strings instead. */
const asServed: ZodOpenApiOverride = ({ zodSchema, jsonSchema, io }) => {
  if (zodSchema instanceof core.$ZodDate) {
    Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
  }
  if (zodSchema instanceof core.$ZodBigInt) {
    delete jsonSchema.format;
    Object.assign(jsonSchema, { type: 'string', pattern: '^-?\\d+$' });
  }
  // In TypeScript, `.readonly()` marks a value that is not modified. In OpenAPI, `readOnly` means that clients must not
  // send it.
  if (zodSchema instanceof core.$ZodReadonly && !('readOnly' in (core.globalRegistry.get(zodSchema) ?? {}))) {
    delete jsonSchema.readOnly;
  }
  // Files are sent as raw binary, which has no content encoding (OpenAPI 3.1.1, section 4.7.14.2).
  if (zodSchema instanceof core.$ZodFile) delete jsonSchema.contentEncoding;
  // The safe integer limits of JavaScript are of no use to readers of a response.
  if (io === 'output' && jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (io === 'output' && jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  // Responses may get more fields later. Clients must not reject those.
  if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
};

/** The options with which zod-openapi writes each schema of a document. */
export const DIALECT: CreateDocumentOptions = { override: asServed, allowEmptySchema: EVEN_EMPTY };
