import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AnyTRPCProcedure, initTRPC } from '@trpc/server';
import { z } from 'zod';
import type { Meta } from '#layer/index';
import { ROOT } from '../lib/process.ts';
import { createSchemaReader, type SchemaReader } from './json-schema.ts';

/** GitHub's own OpenAPI document of its REST API. */
export const GITHUB_DOCUMENT = join(
  ROOT,
  'bench/viewers/node_modules/@octokit/openapi/generated/api.github.com.json',
);

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const VERBS = { get: 'GET', post: 'POST', put: 'PUT', patch: 'PATCH', delete: 'DELETE' } as const;
const Path = z.templateLiteral(['/', z.string()]);
const Operation = z.object({
  operationId: z.string(),
  summary: z.string(),
  description: z.string().default(''),
  parameters: z.array(z.unknown()).default([]),
  requestBody: z.unknown().optional(),
  responses: z.record(z.string(), z.unknown()),
});
const Document = z.looseObject({
  paths: z.record(z.string(), z.partialRecord(z.enum(METHODS), Operation)),
  tags: z.array(z.object({ name: z.string(), description: z.string().optional() })),
});
const Parameter = z.object({
  name: z.string(),
  in: z.enum(['path', 'query', 'header', 'cookie']),
  required: z.boolean().default(false),
  description: z.string().optional(),
  schema: z.unknown(),
});
const Content = z.object({ content: z.record(z.string(), z.object({ schema: z.unknown() })).default({}) });

/** Operations whose paths the layer rejects: two are of a shape that it has not, two conflict with others. */
const WITHOUT_PATH: ReadonlySet<string> = new Set([
  ...['meta/root', 'repos/compare-commits'],
  ...['orgs/delete-attestations-by-id', 'users/delete-attestations-by-id'],
]);

type Operation = z.output<typeof Operation>;

const camel = (name: string) => name.replaceAll(/[-_]+(\w)/g, (_, first: string) => first.toUpperCase());

const t = initTRPC.meta<Meta>().create({ isDev: false });

/**
 * Returns GitHub's REST API as a router: a procedure for each operation, with its texts, its parameters, the fields of
 * its JSON body, and its first successful JSON response. What it does not have: headers, links, and further responses.
 */
export function createGithubRouter() {
  const document = Document.parse(JSON.parse(readFileSync(GITHUB_DOCUMENT, 'utf8')));
  const reader = createSchemaReader(document);
  const routers: Record<string, Record<string, AnyTRPCProcedure>> = {};
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = operations[method];
      if (!operation) continue;
      const [router = '', name = ''] = operation.operationId.split('/').map(camel);
      (routers[router] ??= {})[name] = procedureOf(operation, method, path, reader);
    }
  }
  const tags = document.tags.map(({ name, description = '' }) => [camel(name), description] as const);
  return {
    router: t.router(
      Object.fromEntries(Object.entries(routers).map(([name, own]) => [name, t.router(own)] as const)),
    ),
    tags: Object.fromEntries(tags),
  };
}

function procedureOf(
  operation: Operation,
  method: (typeof METHODS)[number],
  path: string,
  reader: SchemaReader,
): AnyTRPCProcedure {
  const { operationId, summary, description } = operation;
  const endpoint = { method: VERBS[method], path: Path.parse(path), summary, description };
  const procedure = t.procedure
    .meta(WITHOUT_PATH.has(operationId) ? { mcp: { title: summary } } : { openapi: endpoint })
    .input(inputOf(operation, reader))
    .output(outputOf(operation, reader));
  return method === 'get' ? procedure.query(() => null) : procedure.mutation(() => null);
}

function inputOf({ parameters, requestBody }: Operation, { resolve, read, fields }: SchemaReader) {
  const own = parameters
    .map((parameter) => Parameter.parse(resolve(parameter)))
    .filter((parameter) => parameter.in === 'path' || parameter.in === 'query')
    .map(({ name, required, description = '', schema }) => {
      const field = z.clone(read(schema));
      z.globalRegistry.add(field, { description });
      return [name, required ? field : z.optional(field)] as const;
    });
  const body = Content.parse(resolve(requestBody)).content['application/json']?.schema;
  return z.object({ ...(body !== undefined && fields(resolve(body))), ...Object.fromEntries(own) });
}

function outputOf({ responses }: Operation, { resolve, read }: SchemaReader) {
  const [, success] = Object.entries(responses).find(([status]) => status.startsWith('2')) ?? [];
  const schema = Content.parse(resolve(success)).content['application/json']?.schema;
  return schema === undefined ? z.void() : read(schema);
}
