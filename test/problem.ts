import { expect } from '@jest/globals';
import { z } from 'zod';
import { ERRORS, type ErrorCode } from '#contract/errors';
import { type Problem, ProblemSchema } from '#contract/problem';
import type { ParsedResponse } from '#test/client';

const ProblemBody = z.custom<Problem>((value) => z.safeParse(ProblemSchema, value).success);

/**
 * Expects an error response with this code. All surfaces except RPC return errors as problem documents (RFC 9457).
 * @returns the problem document.
 */
export function expectProblem({ status, headers, body }: ParsedResponse, code: ErrorCode): Problem {
  expect({ status, body }).toMatchObject({ status: ERRORS[code].status, body: { code } });
  const problem = ProblemBody.parse(body);
  expect(problem).toMatchObject({ status, title: ERRORS[code].title });
  expect(headers.get('content-type')).toBe('application/problem+json');
  expect(headers.get('x-request-id')).toBe(problem.requestId);
  expect(headers.get('cache-control')).toBe('private, no-store');
  return problem;
}

/** Returns an error response without the request id, which differs in each response. */
export function withoutRequestId({ status, body }: ParsedResponse): unknown {
  return { status, body: { ...ProblemBody.parse(body), requestId: '' } };
}
