import { z } from 'zod';
import { type ErrorData, ERRORS, isErrorCode } from './errors.ts';

const CODES = Object.keys(ERRORS).filter(isErrorCode);

/** How REST answers an error: problem details (RFC 9457) with the fields of `ErrorData`. */
export const ProblemSchema = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    code: z.enum(CODES),
    retryable: z.boolean(),
    requestId: z.string(),
    issues: z.array(z.object({ pointer: z.string(), message: z.string() })).exactOptional(),
    retryAfter: z.number().exactOptional(),
    runId: z.string().exactOptional(),
  })
  .meta({ id: 'Problem' }) satisfies z.ZodType<Problem>;

/** A problem document. */
export type Problem = ErrorData & { type: 'about:blank' };
