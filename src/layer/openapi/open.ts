import type { AnyTRPCRouter } from '@trpc/server';
import { outputOf } from '../call/compile.ts';
import { undescribedVendor } from '../schema/foreign.ts';
import { type EndpointOptions, endpointsOf } from '../rest/endpoint.ts';
import type { Schema, Side } from '../schema/schema.ts';
import { textFormOf } from '../schema/text-form.ts';
import { sentBy } from './success.ts';
import { createUndescribed } from './undescribed.ts';

/**
 * Finds the parts of a router's schemas that its OpenAPI document cannot describe.
 * @returns one message per part, which names the procedure and the place in the schema.
 */
export function openPartsOf(router: AnyTRPCRouter, options: EndpointOptions = {}): string[] {
  const finders = { input: createUndescribed('input'), output: createUndescribed('output') };
  return endpointsOf(router, options).flatMap((endpoint) => {
    const found = new Set<string>();
    const check = (side: Side, schema: Schema) => {
      const parts = new Set<Schema>();
      for (const { part, path, kind } of finders[side](schema)) {
        // A schema in several places is reported once.
        if (!parts.has(part))
          found.add(`${endpoint.name}: ${[side, ...path].join('.')} is ${kind}. ${ADVICE}`);
        parts.add(part);
      }
    };
    const checkParser = (side: Side, parser: unknown) => {
      const vendor = undescribedVendor(parser, side);
      if (vendor === undefined) return;
      found.add(
        `${endpoint.name}: ${side} is a schema of ${vendor} without Standard JSON Schema. The OpenAPI document ` +
          'leaves it open. Use a version or an adapter of the library that has `~standard.jsonSchema`.',
      );
    };
    for (const input of endpoint.procedure._def.inputs) checkParser('input', input);
    checkParser('output', outputOf(endpoint.procedure));
    const { requestHeaders, responseHeaders } = endpoint.openapi;
    if (endpoint.input) check('input', endpoint.input);
    if (requestHeaders) check('input', requestHeaders);
    if (responseHeaders) check('output', responseHeaders);
    for (const [field, schema] of endpoint.takesBody ? [] : endpoint.inputFields) {
      if (textFormOf(schema) !== 'mixed') continue;
      found.add(
        `${endpoint.name}: ${field} of the query is a value or an object or a list, which no OpenAPI style describes. ` +
          'The document has the value only. Use POST to have both.',
      );
    }
    if (endpoint.produces !== null) check('output', sentBy(endpoint));
    return [...found];
  });
}

const ADVICE =
  'The OpenAPI document leaves it open. To describe it, end it with .pipe(), or add .meta({ override: { type: … } }).';
