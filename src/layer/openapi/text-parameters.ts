import type { oas31 } from 'zod-openapi';
import type { Endpoint } from '../rest/endpoint.ts';
import { textFormOf } from '../schema/text-form.ts';
import type { JsonSchema, SchemaOrRef } from './json-schema.ts';

/**
 * Describes how the parameters of an endpoint are written as text. A flat object uses brackets (`deepObject`), and
 * deeper values are JSON. The schemas lose the types that a parameter cannot have: null, which has no text form, and
 * objects and arrays in a parameter that may also be a plain value.
 */
export function describeText(operation: oas31.OperationObject, { inputFields }: Endpoint): void {
  for (const parameter of operation.parameters ?? []) {
    if (!('in' in parameter) || !parameter.schema) continue;
    const field = parameter.in === 'query' ? inputFields.get(parameter.name) : undefined;
    const form = field ? textFormOf(field) : 'value';
    if (form === 'json') {
      parameter.content = { 'application/json': { schema: parameter.schema } };
      delete parameter.schema;
      continue;
    }
    if (form === 'object') Object.assign(parameter, { style: 'deepObject', explode: true });
    keepText(parameter.schema, form === 'mixed');
  }
}

/**
 * Removes from a schema, in place, what text cannot express. Referenced schemas stay unchanged, because JSON uses them
 * too.
 */
function keepText(schema: unknown, isMixed: boolean): void {
  if (typeof schema !== 'object' || schema === null) return;
  const own: JsonSchema = { ...schema };
  const parts = [own.items, own.additionalProperties, ...Object.values(own.properties ?? {})];
  for (const part of [...parts, ...(own.allOf ?? [])]) keepText(part, isMixed);
  if (Array.isArray(own.type)) Object.assign(schema, { type: withoutNull(own.type) });
  if (!own.anyOf) return;
  const options = own.anyOf.filter((option) => isText(option, isMixed));
  for (const option of options) keepText(option, isMixed);
  const [only, ...others] = options;
  if (!only) return;
  Object.assign(schema, { anyOf: options });
  if (others.length > 0) return;
  Reflect.deleteProperty(schema, 'anyOf');
  Object.assign(schema, { ...only, ...schema });
}

function withoutNull(types: string[]): string | string[] {
  const [only = 'null', ...others] = types.filter((one) => one !== 'null');
  return others.length === 0 ? only : [only, ...others];
}

function isText(option: SchemaOrRef, isMixed: boolean): boolean {
  const { type }: JsonSchema = { ...option };
  return type !== 'null' && !(isMixed && (type === 'object' || type === 'array'));
}
