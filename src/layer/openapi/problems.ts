import type * as core from 'zod/v4/core';
import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi';
import { problemTypeOf } from '../errors/problem.ts';
import type { DescribedErrors } from '../errors/schema.ts';
import { groupBy } from '../group-by.ts';
import type { Endpoint } from '../rest/endpoint.ts';
import { annotated, enumOf, intersectionOf, literalOf, objectOf } from '../schema/build.ts';
import { headersOfProblem } from './headers.ts';
import type { Semantics } from './semantics.ts';

/** The error responses of a document. */
export interface Problems {
  /** The schema that all of them share. */
  schema: core.$ZodType;
  /**
   * Returns the error responses of an endpoint: those that follow from what it takes, and those that its meta adds.
   * @param isProtected true if anonymous callers are rejected.
   */
  of: (endpoint: Endpoint, semantics: Semantics, isProtected: boolean) => ZodOpenApiResponsesObject;
}

/** Returns an example of the problem document of a code. */
export function problemExampleOf(
  { codes, fields, types }: Pick<DescribedErrors, 'codes' | 'fields' | 'types'>,
  code: string,
): object {
  const { status = 500, title = '', retryable = false } = codes[code] ?? {};
  const own = Object.entries(fields).filter(([, field]) => field.code === code);
  return {
    type: problemTypeOf(code, types),
    title,
    status,
    detail: code === 'INVALID_INPUT' ? 'title: must be one line' : `${title}.`,
    code,
    retryable,
    requestId: '019ab1c2-7d3e-7f00-8000-5f0c6a1d2e3f',
    ...(code === 'INVALID_INPUT' && { issues: [{ pointer: '/title', message: 'must be one line' }] }),
    ...(status === 429 && { retryAfter: 30 }),
    ...Object.fromEntries(own.map(([name, { example }]) => [name, example])),
  };
}

/** Describes each error status of a catalog once, as a response that all operations refer to. */
export function createProblems(errors: DescribedErrors): Problems {
  const { codes, schema } = errors;
  const problems = new Map<number, ZodOpenApiResponseObject>();
  for (const [status, entries] of groupBy(Object.entries(codes), ([, definition]) => definition.status)) {
    const named = entries.map(([code]) => code);
    const description = entries.map(([code, { title }]) => `\`${code}\`: ${title}.`).join(' ');
    const narrow = objectOf({ status: literalOf(status), code: enumOf(named) });
    const examples = Object.fromEntries(
      named.map((code) => [code, { value: problemExampleOf(errors, code) }]),
    );
    problems.set(status, {
      id: `Problem${status}`,
      description,
      headers: headersOfProblem(status),
      content: {
        'application/problem+json': {
          schema: annotated(intersectionOf(schema, narrow), { id: `Problem${status}`, description }),
          examples,
        },
      },
    });
  }

  const otherProblem = (description: string, status?: number): ZodOpenApiResponseObject => ({
    description,
    headers: headersOfProblem(status),
    content: { 'application/problem+json': { schema } },
  });

  function of(endpoint: Endpoint, semantics: Semantics, isProtected: boolean): ZodOpenApiResponsesObject {
    const { errorResponses = [] } = endpoint.openapi;
    const added = Array.isArray(errorResponses) ? errorResponses : [];
    const described = Array.isArray(errorResponses) ? [] : Object.entries(errorResponses);
    const responses: Record<string, ZodOpenApiResponseObject> = {};
    for (const status of [...errorStatusesOf(endpoint, semantics, isProtected), ...added]) {
      responses[status] = problems.get(status) ?? otherProblem(`Status ${status}.`, status);
    }
    for (const [status, text] of described) responses[status] = otherProblem(text);
    return responses;
  }

  return { schema, of };
}

/**
 * Returns the error statuses that follow from what an endpoint takes and produces.
 * @param isProtected true if anonymous callers are rejected.
 */
export function errorStatusesOf(
  { type, params, takesBody, produces }: Pick<Endpoint, 'type' | 'params' | 'takesBody' | 'produces'>,
  semantics: Pick<Semantics, 'statuses'>,
  isProtected: boolean,
): number[] {
  return [
    400,
    ...(isProtected ? [401] : []),
    403,
    ...(params.length > 0 ? [404] : []),
    ...(produces === null ? [] : [406]),
    ...(type === 'mutation' ? [409] : []),
    ...(semantics.statuses.includes(412) ? [412] : []),
    ...(takesBody ? [413, 415] : []),
    ...[429, 500, 503, 504],
  ];
}
