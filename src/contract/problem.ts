import { type DescribedErrors, type ErrorField, problemSchemaOf } from '#layer/index';
import { ERROR_ACTIONS } from './error-actions.ts';
import { isErrorCode } from './error-codes.ts';
import { type ErrorData, type ErrorFields, ERRORS } from './errors.ts';

const FIELDS = {
  messageId: {
    code: 'STREAM_GONE',
    description: 'the message that has the whole answer.',
    example: '019ab1c2-8a10-7a00-8000-2b7f4c5d6e7f',
  },
  runId: {
    code: 'RUN_ACTIVE',
    description: 'the run that is in progress. chat.stop stops it.',
    example: '019ab1c2-8a10-7a00-8000-2b7f4c5d6e7f',
  },
} satisfies Record<keyof ErrorFields, ErrorField>;

/** The error response of REST: problem details (RFC 9457) with the fields of `ErrorData`. */
export const ProblemSchema = problemSchemaOf(Object.keys(ERRORS).filter(isErrorCode), FIELDS);

/** The path to which a code is added, for the `type` of its problem documents: its page in the reference. */
export const ERROR_TYPES = '/docs/errors/';

/** The catalog in the form that the OpenAPI document needs. */
export const describedErrors: DescribedErrors = {
  codes: ERRORS,
  fields: FIELDS,
  schema: ProblemSchema,
  actions: ERROR_ACTIONS,
  types: ERROR_TYPES,
};

/** A problem document. */
export type Problem = ErrorData & { type: string };
