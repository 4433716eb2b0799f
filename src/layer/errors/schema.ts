import { z } from 'zod';
import { MAX_DETAIL_BYTES, MAX_ISSUES } from '../limits.ts';
import { CORE_ERRORS, type ErrorDefinition } from './catalog.ts';

/** An additional field of an error code, a string, as the OpenAPI document describes it. */
export interface ErrorField {
  /** The code whose errors have the field. */
  code: string;
  /** The meaning of the field. */
  description: string;
  /** An example of its value. */
  example: string;
}

const Issue = z
  .object({
    pointer: z.string().meta({
      description: 'The place: a JSON Pointer (RFC 6901) into the input, or empty for the whole input.',
      examples: ['/title'],
    }),
    message: z.string().meta({ description: 'How to fix it.', examples: ['must be one line'] }),
  })
  .meta({ id: 'Issue', description: 'A problem with the input.' });

/**
 * Creates the schema of REST's error responses: problem documents (RFC 9457) with the fields of `ErrorData`.
 * @param codes every error code of the API.
 * @param fields the additional fields of its codes, by name.
 */
export function problemSchemaOf(
  codes: readonly string[],
  fields: Readonly<Record<string, ErrorField>>,
): z.core.$ZodType {
  const own = Object.entries(fields).map(([name, { code, description }]) => {
    const schema = z.string().exactOptional();
    return [name, schema.meta({ description: `With ${code}: ${description}` })] as const;
  });
  return z
    .object({
      type: z.literal('about:blank'),
      title: z.string().meta({ description: 'The meaning of the code; always the same for a code.' }),
      status: z.int().min(400).max(599).meta({ description: 'The HTTP status.' }),
      detail: z.string().max(MAX_DETAIL_BYTES).meta({ description: 'The explanation of this error.' }),
      code: z.enum(codes).meta({ description: 'The stable code of the error.' }),
      retryable: z.boolean().meta({ description: 'True if the same call may succeed later.' }),
      requestId: z.string().meta({ description: 'The id of the request in the server’s log.' }),
      issues: z.array(Issue).max(MAX_ISSUES).exactOptional().meta({
        description:
          'The problems with the input. If there are too many, the last issue has the number of the others.',
      }),
      retryAfter: z.number().exactOptional().meta({ description: 'The seconds to wait before a retry.' }),
      ...Object.fromEntries(own),
    })
    .meta({ id: 'Problem', description: 'An error: problem details (RFC 9457).' });
}

/** The errors of an API, as its OpenAPI document describes them. */
export interface DescribedErrors {
  /** The meaning of every code. */
  codes: Readonly<Record<string, ErrorDefinition>>;
  /** The additional fields of codes, by name. */
  fields: Readonly<Record<string, ErrorField>>;
  /** The schema of error responses, from `problemSchemaOf`. */
  schema: z.core.$ZodType;
}

/** The description of the errors of an API without codes of its own. */
export const describedCoreErrors: DescribedErrors = {
  codes: CORE_ERRORS,
  fields: {},
  schema: problemSchemaOf(Object.keys(CORE_ERRORS), {}),
};
