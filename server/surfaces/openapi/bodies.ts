import { z } from 'zod';
import type { ZodOpenApiRequestBodyObject } from 'zod-openapi';
import type { Endpoint } from '../rest/endpoint.ts';
import { fieldsOf, isOptional, type Schema, withoutFields } from '../rest/schema.ts';

/** Gives the request body of an endpoint; `null` where it takes none. */
export type BodyOf = (endpoint: Endpoint) => ZodOpenApiRequestBodyObject | null;

/**
 * The request bodies of one document: each is the input without what is in the path, and keeps the input's name. Where
 * endpoints with different paths share an input, the first has the name.
 */
export function createBodies(): BodyOf {
  const named = new Map<Schema, { params: string; schema: Schema }>();

  function schemaOf(input: Schema, params: string[]): Schema {
    const before = named.get(input);
    if (before?.params === params.join()) return before.schema;
    const whole = params.length === 0 && !before;
    const schema = whole ? input : withoutFields(input, new Set(params));
    if (before) return schema;
    named.set(input, { params: params.join(), schema });
    const { id, description } = z.globalRegistry.get(input) ?? {};
    if (!whole && id !== undefined) {
      z.globalRegistry.add(schema, { id, ...(description !== undefined && { description }) });
    }
    return schema;
  }

  return ({ input, params, takesBody }) => {
    if (!takesBody || !input) return null;
    const schema = schemaOf(input, params);
    const fields = fieldsOf(schema, 'input');
    if (!fields || fields.size === 0) return null;
    const required = !isOptional(input) && [...fields.values()].some((field) => !isOptional(field));
    return { required, content: { 'application/json': { schema } } };
  };
}
