import type { AnyTRPCRouter } from '@trpc/server';
import { outputOf } from '../call/compile.ts';
import { undescribedVendor } from '../schema/foreign.ts';
import { type EndpointOptions, endpointsOf } from '../rest/endpoint.ts';
import type { Side } from '../schema/schema.ts';
import { textFormOf } from '../schema/text-form.ts';
import { sentBy } from './success.ts';
import { createWire, type Names } from './wire.ts';

/**
 * Finds the parts of a router's schemas that its OpenAPI document cannot describe.
 * @returns one message per part, which names the procedure and the place in the schema.
 */
export function openPartsOf(router: AnyTRPCRouter, options: EndpointOptions = {}): string[] {
  const names: Record<Side, Names> = { input: new Map(), output: new Map() };
  return endpointsOf(router, options).flatMap((endpoint) => {
    const found = new Set<string>();
    const wireOf = (side: Side) =>
      createWire(
        side,
        (path, kind) => found.add(`${endpoint.name}: ${[side, ...path].join('.')} is ${kind}. ${ADVICE}`),
        names[side],
      );
    const { inputs } = endpoint.procedure._def;
    for (const [side, parsers] of [
      ['input', inputs],
      ['output', [outputOf(endpoint.procedure)]],
    ] as const) {
      for (const vendor of parsers.flatMap((parser) => undescribedVendor(parser, side) ?? [])) {
        found.add(
          `${endpoint.name}: ${side} is a schema of ${vendor} without Standard JSON Schema. The OpenAPI document ` +
            'leaves it open. Use a version or an adapter of the library that has `~standard.jsonSchema`.',
        );
      }
    }
    const { requestHeaders, responseHeaders } = endpoint.openapi;
    if (endpoint.input) wireOf('input')(endpoint.input);
    if (requestHeaders) wireOf('input')(requestHeaders);
    if (responseHeaders) wireOf('output')(responseHeaders);
    for (const [field, schema] of endpoint.takesBody ? [] : endpoint.inputFields) {
      if (textFormOf(schema) !== 'mixed') continue;
      found.add(
        `${endpoint.name}: ${field} of the query is a value or an object or a list, which no OpenAPI style describes. ` +
          'The document has the value only. Use POST to have both.',
      );
    }
    if (endpoint.produces !== null) wireOf('output')(sentBy(endpoint));
    return [...found];
  });
}

const ADVICE =
  'The OpenAPI document leaves it open. To describe it, end it with .pipe(), or add .meta({ override: { type: … } }).';
