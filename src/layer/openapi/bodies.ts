import * as core from 'zod/v4/core';
import type { oas31, ZodOpenApiRequestBodyObject } from 'zod-openapi';
import type { BodyType, Endpoint } from '../rest/endpoint.ts';
import { annotated } from '../schema/build.ts';
import { catchallOf } from '../schema/parts.ts';
import { fieldsOf, isOptional, mayBeLeftOut, type Schema, unwrap, withoutFields } from '../schema/schema.ts';
import { type TextForm, textFormOf } from '../schema/text-form.ts';
import type { Wire } from './wire.ts';

/** Returns the request body of an endpoint, or `null` if it takes none. */
export type BodyOf = (endpoint: Endpoint) => ZodOpenApiRequestBodyObject | null;

/**
 * Creates a function that describes the request bodies of one document. A body is the input without the path
 * parameters, under the name of the input. If endpoints with different paths share an input, the first one gets the
 * name.
 */
export function createBodies(wire: Wire): BodyOf {
  const named = new Map<Schema, { params: string; schema: Schema }>();

  function schemaOf(input: Schema, params: string[]): Schema {
    const before = named.get(input);
    if (before?.params === params.join()) return before.schema;
    const whole = params.length === 0 && !before;
    const schema = whole ? input : withoutFields(input, new Set(params));
    if (before) return schema;
    named.set(input, { params: params.join(), schema });
    const { id, description } = core.globalRegistry.get(input) ?? {};
    if (!whole && id !== undefined) {
      annotated(schema, { id, ...(description !== undefined && { description }) });
    }
    return schema;
  }

  return ({ input, params, takesBody, documented }) => {
    if (!takesBody || !input) return null;
    const schema = schemaOf(input, params);
    const fields = fieldsOf(schema, 'input');
    if (!fields || (fields.size === 0 && !takesOthers(schema))) return null;
    const required = !mayBeLeftOut(input) && [...fields.values()].some((field) => !isOptional(field));
    const sent = wire(schema);
    const content = documented.map((type) => [type, { schema: sent, ...encodingOf(type, fields) }] as const);
    return { required, content: Object.fromEntries(content) };
  };
}

/** True if a schema keeps fields that it does not name. */
function takesOthers(schema: Schema): boolean {
  const bare = unwrap(schema, 'input');
  return bare instanceof core.$ZodObject && catchallOf(bare._zod.def) !== undefined;
}

/** Returns the encodings of form fields that are not plain text, if they differ from the defaults of OpenAPI. */
function encodingOf(type: BodyType, fields: ReadonlyMap<string, Schema>) {
  const encodingIn = ENCODINGS[type];
  const encoding = Object.fromEntries(
    [...fields].flatMap(([name, field]) => {
      const found = encodingIn(itemOf(field), field);
      return found ? [[name, found]] : [];
    }),
  );
  return Object.keys(encoding).length > 0 && { encoding };
}

const FORM_ENCODINGS: Partial<Record<TextForm, oas31.EncodingObject>> = {
  object: { style: 'deepObject', explode: true },
  json: { contentType: 'application/json' },
};

const ENCODINGS: Record<BodyType, (item: Schema, field: Schema) => oas31.EncodingObject | undefined> = {
  'application/json': () => undefined,
  'application/x-www-form-urlencoded': (_item, field) => FORM_ENCODINGS[textFormOf(field)],
  'multipart/form-data': (item) => {
    const types = item instanceof core.$ZodFile ? mediaTypesOf(item) : [];
    return types.length > 0 ? { contentType: types.join(', ') } : undefined;
  },
};

/** Returns the schema of a field, or of its items if it is an array. */
function itemOf(field: Schema): Schema {
  const bare = unwrap(field, 'input');
  return bare instanceof core.$ZodArray ? unwrap(bare._zod.def.element, 'input') : bare;
}

/** Returns the media types set with `.mime()`. */
function mediaTypesOf({ _zod: { def } }: core.$ZodFile): string[] {
  return (def.checks ?? []).flatMap((check) =>
    check instanceof core.$ZodCheckMimeType ? check._zod.def.mime : [],
  );
}
