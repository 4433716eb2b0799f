import { z } from 'zod';
import type { CreateDocumentOptions, ZodOpenApiOverride } from 'zod-openapi';

/** Kinds that a meta may describe, which is looked at when they are. */
const EVEN_EMPTY = { custom: true, transform: true, pipe: true, function: true, symbol: true } as const;

/** JSON has no dates and bigints: the schemas say how they are written. */
const asServed: ZodOpenApiOverride = ({ zodSchema, jsonSchema, io }) => {
  if (zodSchema instanceof z.core.$ZodDate) {
    Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
  }
  if (zodSchema instanceof z.core.$ZodBigInt) {
    delete jsonSchema.format;
    Object.assign(jsonSchema, { type: 'string', pattern: '^-?\\d+$' });
  }
  // To TypeScript, `.readonly()` is a value that is not changed; to OpenAPI, `readOnly` is one that must not be sent.
  if (zodSchema instanceof z.core.$ZodReadonly && !('readOnly' in (z.globalRegistry.get(zodSchema) ?? {}))) {
    delete jsonSchema.readOnly;
  }
  // What is sent as it is has no encoding (OpenAPI 3.1.1, section 4.7.14.2).
  if (zodSchema instanceof z.core.$ZodFile) delete jsonSchema.contentEncoding;
  // What JavaScript can count with needs no saying in an answer.
  if (io === 'output' && jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (io === 'output' && jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  // What is answered may get more fields later: a reader must not refuse them.
  if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
};

/** How zod-openapi writes each schema of a document. */
export const DIALECT: CreateDocumentOptions = { override: asServed, allowEmptySchema: EVEN_EMPTY };
