import type { AnyTRPCRouter } from '@trpc/server';
import { createDocument, type oas31, type ZodOpenApiPathItemObject } from 'zod-openapi';
import { describedCoreErrors, type DescribedErrors } from '../errors/schema.ts';
import { DEFAULT_PATHS } from '../paths.ts';
import { endpointsOf } from '../rest/endpoint.ts';
import { createAccepts } from './accepts.ts';
import type { DescribedAccess } from './access.ts';
import { createBodies } from './bodies.ts';
import { DIALECT } from './dialect.ts';
import { addExamples, createExamples } from './examples.ts';
import { HEADERS } from './headers.ts';
import { operationOf } from './operation.ts';
import { createProblems } from './problems.ts';
import { createSemantics } from './semantics.ts';
import { describeText } from './text-parameters.ts';
import { tidySchemas } from './tidy.ts';
import { createWire } from './wire.ts';

/** What a document says of the API as a whole. */
export interface DocumentInfo {
  title: string;
  version: string;
  description?: string;
  /** The public origin, such as `https://app.example.com`; without it the document's own. */
  serverUrl?: string;
  /** The path that REST is served at. Default: `/api/v1`. */
  restPath?: string;
  license?: { name: string; identifier: string };
  /** Tag -> what it holds. Tags appear in this order, others after them. */
  tags?: Record<string, string>;
  /** The errors of the API; default: those of the layer only. */
  errors?: DescribedErrors;
  /** Default: nothing is said of who may call. */
  access?: DescribedAccess;
}

/**
 * The OpenAPI 3.1 document of everything the REST surface serves.
 * @throws {Error} naming the procedure that cannot be served.
 */
export function createOpenApiDocument(router: AnyTRPCRouter, info: DocumentInfo): oas31.OpenAPIObject {
  const {
    serverUrl,
    restPath = DEFAULT_PATHS.rest,
    tags: described = {},
    errors = describedCoreErrors,
    access = { schemes: {}, security: () => [] },
    ...about
  } = info;
  const paths: Record<string, ZodOpenApiPathItemObject> = {};
  const tags = new Set(Object.keys(described));
  const wires = { input: createWire('input'), output: createWire('output') };
  const bodyOf = createBodies(wires.input);
  const endpoints = endpointsOf(router);
  const semanticsOf = createSemantics(endpoints);
  const problems = createProblems(errors);
  for (const endpoint of endpoints) {
    const item = (paths[endpoint.path] ??= {});
    item[METHOD_KEYS[endpoint.method]] = operationOf(endpoint, {
      bodyOf,
      wires,
      semantics: semanticsOf(endpoint),
      problems,
      access,
      restPath,
    });
    for (const tag of endpoint.openapi.tags ?? []) tags.add(tag);
  }
  const servers = [{ url: (serverUrl?.replace(/\/$/, '') ?? '') + restPath }];
  const document = createDocument(
    {
      openapi: '3.1.1',
      info: about,
      servers,
      tags: [...tags].map((name) => ({ name, ...(described[name] && { description: described[name] }) })),
      paths,
      components: { securitySchemes: access.schemes, headers: HEADERS },
    },
    DIALECT,
  );
  for (const endpoint of endpoints) {
    const operation = document.paths?.[endpoint.path]?.[METHOD_KEYS[endpoint.method]];
    if (operation) describeText(operation, endpoint);
  }
  const schemas = document.components?.schemas ?? {};
  const accepts = createAccepts(schemas);
  tidySchemas(document, accepts);
  addExamples(document, createExamples(schemas, accepts));
  return document;
}

const METHOD_KEYS = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const;
