import * as core from 'zod/v4/core';
import {
  annotated,
  arrayOf,
  booleanOf,
  enumOf,
  integerOf,
  numberOf,
  objectOf,
  optionalOf,
  stringOf,
} from '../schema/build.ts';
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

const Issue = annotated(
  objectOf({
    pointer: annotated(stringOf(), {
      description: 'The place: a JSON Pointer (RFC 6901) into the input, or empty for the whole input.',
      examples: ['/title'],
    }),
    message: annotated(stringOf(), { description: 'How to fix it.', examples: ['must be one line'] }),
  }),
  { id: 'Issue', description: 'A problem with the input.' },
);

/**
 * Creates the schema of REST's error responses: problem documents (RFC 9457) with the fields of `ErrorData`.
 * @param codes every error code of the API.
 * @param fields the additional fields of its codes, by name.
 */
export function problemSchemaOf(
  codes: readonly string[],
  fields: Readonly<Record<string, ErrorField>>,
): core.$ZodType {
  const own = Object.entries(fields).map(([name, { code, description }]) => {
    return [name, said(optionalOf(stringOf()), `With ${code}: ${description}`)] as const;
  });
  const issues = optionalOf(arrayOf(Issue, [core._maxLength(MAX_ISSUES)]));
  const problem = objectOf({
    type: said(stringOf(), 'The URL of the page of the code, or `about:blank` if there is none.'),
    title: said(stringOf(), 'The meaning of the code; always the same for a code.'),
    status: said(integerOf(400, 599), 'The HTTP status.'),
    detail: said(stringOf([core._maxLength(MAX_DETAIL_BYTES)]), 'The explanation of this error.'),
    code: said(enumOf(codes), 'The stable code of the error.'),
    retryable: said(booleanOf(), 'True if the same call may succeed later.'),
    requestId: said(stringOf(), 'The id of the request in the server’s log.'),
    issues: said(
      issues,
      'The problems with the input. If there are too many, the last issue has the number of the others.',
    ),
    retryAfter: said(optionalOf(numberOf()), 'The seconds to wait before a retry.'),
    ...Object.fromEntries(own),
  });
  return annotated(problem, { id: 'Problem', description: 'An error: problem details (RFC 9457).' });
}

const said = (schema: core.$ZodType, description: string) => annotated(schema, { description });

/** The errors of an API, as its OpenAPI document describes them. */
export interface DescribedErrors {
  /** The meaning of every code. */
  codes: Readonly<Record<string, ErrorDefinition>>;
  /** The additional fields of codes, by name. */
  fields: Readonly<Record<string, ErrorField>>;
  /** The schema of error responses, from `problemSchemaOf`. */
  schema: core.$ZodType;
  /** What a caller should do, by code, in Markdown. Default for a code of the layer: its `CORE_ACTIONS`. */
  actions?: Readonly<Record<string, string>>;
  /** The URL or the absolute path to which a code is added, for the `type` of examples. Default: `about:blank`. */
  types?: string;
}

/** The description of the errors of an API without codes of its own. */
export const describedCoreErrors: DescribedErrors = {
  codes: CORE_ERRORS,
  fields: {},
  schema: problemSchemaOf(Object.keys(CORE_ERRORS), {}),
};
