import * as core from 'zod/v4/core';
import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { type Deprecation, deprecationNotice } from '../deprecation.ts';
import { namedCodesOf } from '../errors/named.ts';
import { metaOf } from '../meta.ts';
import type { Endpoint } from '../rest/endpoint.ts';
import { objectOf, optionalOf } from '../schema/build.ts';
import { mayBeLeftOut, type Schema, type Side } from '../schema/schema.ts';
import type { DescribedAccess } from './access.ts';
import type { BodyOf } from './bodies.ts';
import { requestHeadersOf } from './headers.ts';
import type { Problems } from './problems.ts';
import type { Semantics } from './semantics.ts';
import { successOf } from './success.ts';
import type { Wire } from './wire.ts';

/** The parts that the operations of one document share, and the HTTP semantics of this one. */
interface Described {
  bodyOf: BodyOf;
  wires: Record<Side, Wire>;
  semantics: Semantics;
  problems: Problems;
  access: DescribedAccess;
  /** The path that REST is served at. */
  restPath: string;
  /** The endpoint that replaces this one, if it is deprecated. */
  successor: Endpoint | undefined;
}

/** Returns the OpenAPI operation of an endpoint. */
export function operationOf(
  endpoint: Endpoint,
  { bodyOf, wires, semantics, problems, access, restPath, successor }: Described,
): ZodOpenApiOperationObject {
  const { openapi, name, input, inputFields, params, takesBody } = endpoint;
  const fields = new Map([...inputFields].map(([field, schema]) => [field, wires.input(schema)]));
  const path = pick(fields, (field) => params.includes(field), alwaysThere);
  const isNeeded = input !== null && !mayBeLeftOut(input);
  const asSent = isNeeded ? (field: Schema) => field : (field: Schema) => optionalOf(field);
  const query = takesBody ? {} : pick(fields, (field) => !params.includes(field), asSent);
  const header = requestHeadersOf(endpoint, fields, wires.input);
  const body = bodyOf(endpoint);
  const security = access.security(endpoint);
  const about = [openapi.description, access.note?.(endpoint)].filter(Boolean).join(' ');
  const notice = endpoint.deprecation && noticeOf(endpoint.deprecation, successor);
  const description = [about, notice].filter(Boolean).join('\n\n');
  const codes = namedCodesOf(metaOf(endpoint.procedure));
  return {
    operationId: openapi.operationId ?? name,
    ...(openapi.summary !== undefined && { summary: openapi.summary }),
    ...(description !== '' && { description }),
    ...(openapi.tags && { tags: openapi.tags }),
    ...(endpoint.deprecation && deprecatedOf(endpoint.deprecation, successor)),
    // Marks a path that changes if the procedure gets another name.
    ...(endpoint.isUnnamed && { 'x-path-from-name': true }),
    ...(codes.length > 0 && { 'x-error-codes': codes }),
    security,
    ...(isAny({ ...path, ...query, ...header }) && {
      requestParams: { path: objectOf(path), query: objectOf(query), header: objectOf(header) },
    }),
    ...(semantics.parameters.length > 0 && { parameters: semantics.parameters }),
    ...(body && { requestBody: body }),
    responses: {
      ...successOf(endpoint, { semantics, wire: wires.output, restPath, problemSchema: problems.schema }),
      ...problems.of(endpoint, semantics, security.length > 0),
    },
  };
}

/** Returns the end of an operation as a paragraph; `undefined` if nothing is known but that it is deprecated. */
function noticeOf(deprecation: Deprecation, successor: Endpoint | undefined): string | undefined {
  if (Object.keys(deprecation).length === 0) return undefined;
  const written = successor && `\`${successor.name}\` (\`${successor.method} ${successor.path}\`)`;
  return deprecationNotice(deprecation, { successor: written ?? null });
}

/** Returns the end of an operation for programs. Tools that compare documents also read `x-sunset`. */
const deprecatedOf = ({ since, sunset }: Deprecation, successor: Endpoint | undefined) => ({
  deprecated: true,
  ...(since !== undefined && { 'x-deprecated-since': since }),
  ...(sunset !== undefined && { 'x-sunset': sunset }),
  ...(successor && { 'x-successor': successor.openapi.operationId ?? successor.name }),
});

const isAny = (fields: object) => Object.keys(fields).length > 0;

/**
 * Makes a path parameter required, even if `.catch()` would accept a missing value: a path always has its parameters.
 */
function alwaysThere(field: Schema): Schema {
  return field instanceof core.$ZodOptional ? alwaysThere(field._zod.def.innerType) : field;
}

function pick(
  fields: ReadonlyMap<string, Schema>,
  wanted: (name: string) => boolean,
  as: (field: Schema) => Schema,
): Record<string, Schema> {
  return Object.fromEntries(
    [...fields].filter(([name]) => wanted(name)).map(([name, field]) => [name, as(field)]),
  );
}
