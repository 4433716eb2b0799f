import { inspect } from 'node:util';
import { SmartCoercionPlugin } from '@orpc/json-schema';
import { OpenAPIHandler } from '@orpc/openapi/fetch';
import { type ORPCMeta, toORPCRouter } from '@orpc/trpc';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { toResponse } from '#layer/call/response';
import { coreErrors, problem } from '#layer/index';
import type { Meta } from '#layer/meta';
import { createRestSurface } from '#layer/rest/index';
import { callOf } from '#layer/testing/testkit';

const { router, procedure } = initTRPC.context<object>().meta<Meta & ORPCMeta>().create({ isDev: false });

/** What came of a request: what the procedure was given, as text that shows its types, or the status of the refusal. */
export type Outcome = { input: string } | { refused: number };

/** A request for the procedure of a schema. */
export interface Asked {
  /** The name of the schema. */
  schema: string;
  method: 'GET' | 'POST';
  /** The parameter of the path, percent-encoded. */
  id?: string;
  query?: string;
  body?: string;
  type?: string;
}

/** oRPC's objects of brackets have no prototype, which nobody can tell. */
const show = (input: unknown) =>
  inspect(input, { depth: 10, sorted: true, breakLength: Infinity }).replaceAll(
    /\w+ <\[Object: null prototype\] \{\}> /g,
    '',
  );

/**
 * Serves a procedure that tells what it is given for each schema, on this project's REST surface and on oRPC's OpenAPI
 * handler with its coercion plugin, and asks both.
 * @returns what comes of a request on each.
 */
export function serveBoth(schemas: Record<string, z.ZodType>): (asked: Asked) => Promise<[Outcome, Outcome]> {
  const served = Object.entries(schemas).flatMap(([name, input]) =>
    (['GET', 'POST'] as const).flatMap((method) =>
      [input, z.intersection(z.object({ id: z.string() }), input)].map((schema, i) => {
        const at = { method, path: i === 0 ? (`/${name}` as const) : (`/${name}/{id}` as const) };
        const told = procedure.meta({ openapi: at, route: at }).input(schema).output(z.string());
        const answer = (call: { input: unknown }) => show(call.input);
        return [
          `${name} ${method} ${i}`,
          method === 'GET' ? told.query(answer) : told.mutation(answer),
        ] as const;
      }),
    ),
  );
  const app = router(Object.fromEntries(served));
  const surface = createRestSurface<object>(app);
  const oracle = new OpenAPIHandler<object>(toORPCRouter(app), {
    plugins: [new SmartCoercionPlugin({ schemaConverters: [new ZodToJsonSchemaConverter()] })],
  });

  return async (asked) => {
    const ours = requestFor(asked);
    const theirs = requestFor(asked);
    const answered = await surface(callOf(ours, {})).catch((error: unknown) =>
      problem(coreErrors, coreErrors.toError(error), 'test'),
    );
    const { response } = await oracle.handle(theirs, { prefix: '/api/v1', context: {} });
    if (!response) throw new Error(`oRPC does not serve ${theirs.url}.`);
    return [await outcomeOf(toResponse(answered)), await outcomeOf(response)];
  };
}

function requestFor({ schema, method, id, query, body, type = 'application/json' }: Asked): Request {
  const path = [schema, ...(id === undefined ? [] : [id])].join('/');
  const url = `http://localhost/api/v1/${path}${query === undefined ? '' : `?${query}`}`;
  return new Request(
    url,
    body === undefined ? { method } : { method, body, headers: { 'content-type': type } },
  );
}

async function outcomeOf(response: Response): Promise<Outcome> {
  if (response.ok) return { input: z.string().parse(await response.json()) };
  return { refused: response.status };
}
