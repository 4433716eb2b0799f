import { expect } from '@jest/globals';
import { ERRORS, type ErrorCode } from '#contract/errors';
import { type Problem, ProblemSchema } from '#contract/problem';
import type { Answer } from '#test/client';

/**
 * Expects a refusal with this code, in the form that every surface but RPC refuses in (RFC 9457).
 * @returns the problem document.
 */
export function expectProblem({ status, headers, body }: Answer, code: ErrorCode): Problem {
  expect({ status, body }).toMatchObject({ status: ERRORS[code].status, body: { code } });
  const problem = ProblemSchema.parse(body);
  expect(problem).toMatchObject({ status, title: ERRORS[code].title });
  expect(headers.get('content-type')).toBe('application/problem+json');
  expect(headers.get('x-request-id')).toBe(problem.requestId);
  expect(headers.get('cache-control')).toBe('private, no-store');
  return problem;
}

/** A refusal without what differs from call to call. */
export function withoutRequestId({ status, body }: Answer): unknown {
  return { status, body: { ...ProblemSchema.parse(body), requestId: '' } };
}
