import { z } from 'zod';
import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi';
import { type ErrorCode, ERRORS, isErrorCode } from '#contract/errors';
import { type Problem, ProblemSchema } from '#contract/problem';
import type { Endpoint } from '#server/surfaces/rest/endpoint';
import { headersOfProblem } from './headers.ts';
import type { Semantics } from './semantics.ts';

const CODES = Object.keys(ERRORS).filter(isErrorCode);

function exampleOf(code: ErrorCode): Problem {
  const { status, title, retryable } = ERRORS[code];
  return {
    type: 'about:blank',
    title,
    status,
    detail: code === 'INVALID_INPUT' ? 'title: must be one line' : `${title}.`,
    code,
    retryable,
    requestId: '019ab1c2-7d3e-7f00-8000-5f0c6a1d2e3f',
    ...(code === 'INVALID_INPUT' && { issues: [{ pointer: '/title', message: 'must be one line' }] }),
    ...(status === 429 && { retryAfter: 30 }),
    ...(code === 'STREAM_GONE' && { messageId: '019ab1c2-8a10-7a00-8000-2b7f4c5d6e7f' }),
    ...(code === 'RUN_ACTIVE' && { runId: '019ab1c2-8a10-7a00-8000-2b7f4c5d6e7f' }),
  };
}

/** The error statuses of the catalogue: one response each, which all operations refer to. */
const PROBLEMS = new Map<number, ZodOpenApiResponseObject>();
for (const [status, codes] of Map.groupBy(CODES, (code) => ERRORS[code].status)) {
  const description = codes.map((code) => `\`${code}\`: ${ERRORS[code].title}.`).join(' ');
  const narrow = z.object({ status: z.literal(status), code: z.enum(codes) });
  const schema = z.intersection(ProblemSchema, narrow).meta({ id: `Problem${status}`, description });
  const examples = Object.fromEntries(codes.map((code) => [code, { value: exampleOf(code) }]));
  PROBLEMS.set(status, {
    id: `Problem${status}`,
    description,
    headers: headersOfProblem(status),
    content: { 'application/problem+json': { schema, examples } },
  });
}

/** The statuses an endpoint can refuse with, by what it takes. */
function statusesOf({ access, type, params, takesBody, produces }: Endpoint, semantics: Semantics): number[] {
  const changes = type === 'mutation';
  return [
    400,
    ...(access === 'anyone' ? [] : [401]),
    403,
    ...(params.length > 0 ? [404] : []),
    ...(produces === null ? [] : [406]),
    ...(changes ? [409] : []),
    ...(semantics.statuses.includes(412) ? [412] : []),
    ...(takesBody ? [413, 415] : []),
    ...[429, 500, 503, 504],
  ];
}

/** The errors an endpoint can answer with, and those its meta adds. */
export function problemsOf(endpoint: Endpoint, semantics: Semantics): ZodOpenApiResponsesObject {
  const { errorResponses = [] } = endpoint.openapi;
  const added = Array.isArray(errorResponses) ? errorResponses : [];
  const described = Array.isArray(errorResponses) ? [] : Object.entries(errorResponses);
  const responses: Record<string, ZodOpenApiResponseObject> = {};
  for (const status of [...statusesOf(endpoint, semantics), ...added]) {
    responses[status] = PROBLEMS.get(status) ?? otherProblem(`Status ${status}.`, status);
  }
  for (const [status, text] of described) responses[status] = otherProblem(text);
  return responses;
}

function otherProblem(description: string, status?: number): ZodOpenApiResponseObject {
  return {
    description,
    headers: headersOfProblem(status),
    content: { 'application/problem+json': { schema: ProblemSchema } },
  };
}
