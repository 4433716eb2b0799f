import { inspect } from 'node:util';
import { SmartCoercionPlugin } from '@orpc/json-schema';
import { OpenAPIHandler } from '@orpc/openapi/fetch';
import { type ORPCMeta, toORPCRouter } from '@orpc/trpc';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { coreErrors, createRestSurface, type Meta, problem, toResponse } from '#layer/index';
import { callOf } from '#layer/testing/index';

const { router, procedure } = initTRPC.context<object>().meta<Meta & ORPCMeta>().create({ isDev: false });

/** The outcome of a request: the input that the procedure got, as text that shows its types, or the error status. */
export type Outcome = { input: string } | { rejected: number };

/** A request for the procedure of a schema. */
export interface TestRequest {
  /** The name of the schema. */
  schema: string;
  method: 'GET' | 'POST';
  /** The parameter of the path, percent-encoded. */
  id?: string;
  query?: string;
  body?: string;
  type?: string;
}

/** Shows an input with its types. oRPC builds objects without a prototype from names in brackets; that is ignored. */
const show = (input: unknown) =>
  inspect(input, { depth: 10, sorted: true, breakLength: Infinity }).replaceAll(
    /\w+ <\[Object: null prototype\] \{\}> /g,
    '',
  );

/**
 * Serves a procedure for each schema that returns its input, on this project's REST surface and on oRPC's OpenAPI
 * handler with its coercion plugin.
 * @returns a function that sends a request to both and returns both outcomes.
 */
export function serveBoth(
  schemas: Record<string, z.ZodType>,
): (request: TestRequest) => Promise<[Outcome, Outcome]> {
  const procedures = Object.entries(schemas).flatMap(([name, input]) =>
    (['GET', 'POST'] as const).flatMap((method) =>
      [input, z.intersection(z.object({ id: z.string() }), input)].map((schema, i) => {
        const at = { method, path: i === 0 ? (`/${name}` as const) : (`/${name}/{id}` as const) };
        const base = procedure.meta({ openapi: at, route: at }).input(schema).output(z.string());
        const echo = (call: { input: unknown }) => show(call.input);
        return [`${name} ${method} ${i}`, method === 'GET' ? base.query(echo) : base.mutation(echo)] as const;
      }),
    ),
  );
  const app = router(Object.fromEntries(procedures));
  const surface = createRestSurface<object>(app);
  const oracle = new OpenAPIHandler<object>(toORPCRouter(app), {
    plugins: [new SmartCoercionPlugin({ schemaConverters: [new ZodToJsonSchemaConverter()] })],
  });

  return async (request) => {
    const ours = requestFor(request);
    const theirs = requestFor(request);
    const served = await Promise.resolve(callOf(ours, {}))
      .then(surface)
      .catch((error: unknown) => problem(coreErrors, coreErrors.toError(error), 'test'));
    const { response } = await oracle.handle(theirs, { prefix: '/api/v1', context: {} });
    if (!response) throw new Error(`oRPC does not serve ${theirs.url}.`);
    return [await outcomeOf(toResponse(served)), await outcomeOf(response)];
  };
}

function requestFor({ schema, method, id, query, body, type = 'application/json' }: TestRequest): Request {
  const path = [schema, ...(id === undefined ? [] : [id])].join('/');
  const url = `http://localhost/api/v1/${path}${query === undefined ? '' : `?${query}`}`;
  return new Request(
    url,
    body === undefined ? { method } : { method, body, headers: { 'content-type': type } },
  );
}

async function outcomeOf(response: Response): Promise<Outcome> {
  if (response.ok) return { input: z.string().parse(await response.json()) };
  return { rejected: response.status };
}
