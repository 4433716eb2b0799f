import { z } from 'zod';
import { type ErrorData, ERRORS, isErrorCode } from './errors.ts';

/**
 * How much of what was sent an error may repeat, in bytes of JSON. With the rest of its fields, and `detail` twice as over
 * RPC, one error stays below 3,200 bytes, and those of a whole RPC batch of 20 calls below 64 KB.
 */
export const MAX_DETAIL_BYTES = 400;
export const MAX_ISSUES_BYTES = 1_600;
/** How many issues an error names; the last one says how many more there are. */
export const MAX_ISSUES = 20;

const CODES = Object.keys(ERRORS).filter(isErrorCode);

const Issue = z
  .object({
    pointer: z.string().meta({
      description: 'Where: a JSON Pointer (RFC 6901) into the input; empty for the whole input.',
      examples: ['/title'],
    }),
    message: z.string().meta({ description: 'How to fix it.', examples: ['must be one line'] }),
  })
  .meta({ id: 'Issue', description: 'One thing wrong with the input.' });

/** How REST answers an error: problem details (RFC 9457) with the fields of `ErrorData`. */
export const ProblemSchema = z
  .object({
    type: z.literal('about:blank'),
    title: z.string().meta({ description: 'What the code means; the same for each.' }),
    status: z.int().min(400).max(599).meta({ description: 'The HTTP status.' }),
    detail: z.string().max(MAX_DETAIL_BYTES).meta({ description: 'What happened this time.' }),
    code: z.enum(CODES).meta({ description: 'What to tell errors apart by; it does not change.' }),
    retryable: z.boolean().meta({ description: 'Whether the same call may succeed later.' }),
    requestId: z.string().meta({ description: 'The request, as the server’s log names it.' }),
    issues: z.array(Issue).max(MAX_ISSUES).exactOptional().meta({
      description: 'What is wrong with the input; where there is too much, the last one counts the rest.',
    }),
    retryAfter: z.number().exactOptional().meta({ description: 'Seconds to wait before a retry.' }),
    messageId: z
      .string()
      .exactOptional()
      .meta({ description: 'The message that has the whole answer, with STREAM_GONE.' }),
    runId: z
      .string()
      .exactOptional()
      .meta({ description: 'The run that is in the way, with RUN_ACTIVE; chat.stop ends it.' }),
  })
  .meta({
    id: 'Problem',
    description: 'Why a call failed: problem details (RFC 9457).',
  }) satisfies z.core.$ZodType<Problem>;

/** A problem document. */
export type Problem = ErrorData & { type: 'about:blank' };
