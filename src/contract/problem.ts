import { z } from 'zod';
import { type ErrorData, ERRORS, isErrorCode } from './errors.ts';

/**
 * The maximum size of the parts of an error that may repeat input, in bytes of JSON. With its other fields, and with `detail`
 * twice as in RPC, an error is smaller than 3,200 bytes. The errors of an RPC batch of 20 calls are smaller than 64 KB.
 */
export const MAX_DETAIL_BYTES = 400;
export const MAX_ISSUES_BYTES = 1_600;
/** The maximum number of issues of an error. If there are more, the last issue has their number. */
export const MAX_ISSUES = 20;

const CODES = Object.keys(ERRORS).filter(isErrorCode);

const Issue = z
  .object({
    pointer: z.string().meta({
      description: 'The place: a JSON Pointer (RFC 6901) into the input, or empty for the whole input.',
      examples: ['/title'],
    }),
    message: z.string().meta({ description: 'How to fix it.', examples: ['must be one line'] }),
  })
  .meta({ id: 'Issue', description: 'A problem with the input.' });

/** The error response of REST: problem details (RFC 9457) with the fields of `ErrorData`. */
export const ProblemSchema = z
  .object({
    type: z.literal('about:blank'),
    title: z.string().meta({ description: 'The meaning of the code; always the same for a code.' }),
    status: z.int().min(400).max(599).meta({ description: 'The HTTP status.' }),
    detail: z.string().max(MAX_DETAIL_BYTES).meta({ description: 'The explanation of this error.' }),
    code: z.enum(CODES).meta({ description: 'The stable code of the error.' }),
    retryable: z.boolean().meta({ description: 'True if the same call may succeed later.' }),
    requestId: z.string().meta({ description: 'The id of the request in the server’s log.' }),
    issues: z.array(Issue).max(MAX_ISSUES).exactOptional().meta({
      description:
        'The problems with the input. If there are too many, the last issue has the number of the others.',
    }),
    retryAfter: z.number().exactOptional().meta({ description: 'The seconds to wait before a retry.' }),
    messageId: z
      .string()
      .exactOptional()
      .meta({ description: 'With STREAM_GONE: the message that has the whole answer.' }),
    runId: z
      .string()
      .exactOptional()
      .meta({ description: 'With RUN_ACTIVE: the run that is in progress. chat.stop stops it.' }),
  })
  .meta({
    id: 'Problem',
    description: 'An error: problem details (RFC 9457).',
  }) satisfies z.core.$ZodType<Problem>;

/** A problem document. */
export type Problem = ErrorData & { type: 'about:blank' };
