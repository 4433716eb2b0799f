import type { AnyTRPCRouter } from '@trpc/server';
import type { oas31, ZodOpenApiPathItemObject } from 'zod-openapi';
import { describedCoreErrors, type DescribedErrors } from '../errors/schema.ts';
import { nextSlice } from '../http/turns.ts';
import { DEFAULT_PATHS } from '../paths.ts';
import { successors } from '../rest/deprecation.ts';
import { endpointsOf } from '../rest/endpoint.ts';
import { createAccepts } from './accepts.ts';
import type { DescribedAccess } from './access.ts';
import { createBodies } from './bodies.ts';
import { addExamples, createExamples } from './examples.ts';
import { HEADERS } from './headers.ts';
import { operationOf } from './operation.ts';
import { render } from './render.ts';
import { createProblems } from './problems.ts';
import { createSemantics, type Features } from './semantics.ts';
import { describeText } from './text-parameters.ts';
import { tidySchemas } from './tidy.ts';
import { createWire } from './wire.ts';

/** An OpenAPI 3.1 document, as plain JSON values. */
export type OpenApiDocument = oas31.OpenAPIObject;

/** The description of the API as a whole, for its OpenAPI document. */
export interface DocumentInfo {
  /** The name of the API. */
  title: string;
  /** The version of the API, not of OpenAPI. */
  version: string;
  /** A description of the API, in Markdown. */
  description?: string;
  /** The public origin, such as `https://app.example.com`. Default: the origin that serves the document. */
  serverUrl?: string;
  /** The path that REST is served at. Default: `/api/v1`. */
  restPath?: string;
  /** The license of the API; `identifier` is an SPDX identifier, such as `MIT`. */
  license?: { name: string; identifier: string };
  /** The description of each tag. Tags appear in this order, followed by tags that only procedures name. */
  tags?: Record<string, string>;
  /** The errors of the API. Default: only those of the layer. */
  errors?: DescribedErrors;
  /** How callers authenticate. Default: the document contains no security schemes or requirements. */
  access?: DescribedAccess;
  /** True to also describe procedures without an `openapi` meta, as `rest.unnamed` serves them. Default: false. */
  unnamed?: boolean;
  /** What the operations support beyond REST itself. Default: nothing. `createApi` knows if it has idempotency keys. */
  features?: Features;
}

/**
 * Creates the OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1) of all procedures that the REST surface
 * serves.
 * @param router the router whose procedures with an `openapi` meta are described.
 * @returns the document as plain JSON values.
 * @throws {Error} if a procedure cannot be served over REST. The message names the procedure.
 */
export function createOpenApiDocument(router: AnyTRPCRouter, info: DocumentInfo): OpenApiDocument {
  const steps = documentSteps(router, info);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/**
 * Creates the same document as `createOpenApiDocument` in slices of the event loop, so that a server with a large router
 * serves other requests meanwhile.
 */
export async function createOpenApiDocumentInSlices(
  router: AnyTRPCRouter,
  info: DocumentInfo,
): Promise<OpenApiDocument> {
  const steps = documentSteps(router, info);
  let step = steps.next();
  while (!step.done) {
    await nextSlice();
    step = steps.next();
  }
  return step.value;
}

/** Creates a document, and yields after each small part of the work. */
function* documentSteps(router: AnyTRPCRouter, info: DocumentInfo): Generator<void, OpenApiDocument> {
  const {
    serverUrl,
    restPath = DEFAULT_PATHS.rest,
    tags: described = {},
    errors = describedCoreErrors,
    access = { schemes: {}, security: () => [] },
    features = {},
    unnamed = false,
    ...about
  } = info;
  const paths: Record<string, ZodOpenApiPathItemObject> = {};
  const tags = new Set(Object.keys(described));
  const wires = { input: createWire('input'), output: createWire('output') };
  const bodyOf = createBodies(wires.input);
  const endpoints = endpointsOf(router, { unnamed });
  const semanticsOf = createSemantics(endpoints, features);
  const problems = createProblems(errors);
  const successorOf = successors(endpoints);
  for (const endpoint of endpoints) {
    const item = (paths[endpoint.path] ??= {});
    item[METHOD_KEYS[endpoint.method]] = operationOf(endpoint, {
      bodyOf,
      wires,
      semantics: semanticsOf(endpoint),
      problems,
      access,
      restPath,
      successor: successorOf(endpoint),
    });
    for (const tag of endpoint.openapi.tags ?? []) tags.add(tag);
    yield;
  }
  const servers = [{ url: (serverUrl?.replace(/\/$/, '') ?? '') + restPath }];
  const document = yield* render({
    openapi: '3.1.1',
    info: about,
    servers,
    tags: [...tags].map((name) => ({ name, ...(described[name] && { description: described[name] }) })),
    paths,
    components: { securitySchemes: access.schemes, headers: HEADERS },
  });
  for (const endpoint of endpoints) {
    const operation = document.paths?.[endpoint.path]?.[METHOD_KEYS[endpoint.method]];
    if (operation) describeText(operation, endpoint);
    yield;
  }
  const schemas = document.components?.schemas ?? {};
  const accepts = createAccepts(schemas);
  yield* tidySchemas(document, accepts);
  yield* addExamples(document, createExamples(schemas, accepts));
  return document;
}

const METHOD_KEYS = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const;
