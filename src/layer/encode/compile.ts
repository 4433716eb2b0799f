import * as core from 'zod/v4/core';
import { catchallOf, isRecursive } from '../schema/parts.ts';
import { listOf, mapOf, objectOf, recordOf, setOf } from './containers.ts';
import type { Encoder } from './encoder.ts';
import { ANY, byKind, DATE, UNCERTAIN_SCALAR, nullable, optional, SCALAR, scalarOr } from './values.ts';

type Schema = core.$ZodType;

/**
 * Checks of lengths and sizes only read the value. Any other check may change it, so an object may get into two places.
 */
const READS_ONLY = /^(min|max)_(length|size)$|^(length|size)_equals$/;

/** Compiles an encoder of the values that `schema.parse` returns. */
export function compile(schema: Schema): Encoder {
  // With a recursive schema, zod parses an object that is in two places once, and returns one object for both.
  return isRecursive(schema) ? ANY : compileTree(schema);
}

function compileTree(schema: Schema): Encoder {
  const encoder = compileKind(schema);
  return readsOnly(schema) ? encoder : ofAnyOrigin(encoder);
}

const readsOnly = ({ _zod: { def } }: Schema): boolean =>
  (def.checks ?? []).every((check) => READS_ONLY.test(check._zod.def.check));

/**
 * Returns an encoder for values that a parse does not always create, such as a default: it must track every object in
 * them.
 */
function ofAnyOrigin(encoder: Encoder): Encoder {
  if (encoder === SCALAR) return UNCERTAIN_SCALAR;
  return encoder.tracked ? encoder : ANY;
}

function compileKind(schema: Schema): Encoder {
  // Zod documents this cast. A custom kind of schema has a type that is not listed, and reaches the default.
  const { def } = (schema as core.$ZodTypes)._zod;
  switch (def.type) {
    case 'string':
    case 'template_literal':
    case 'number':
    case 'boolean':
    case 'null':
    case 'enum':
      return SCALAR;
    case 'literal':
      return def.values.every((value) => value !== undefined && typeof value !== 'bigint') ? SCALAR : ANY;
    case 'date':
      return DATE;
    case 'object':
      return compileObject(def);
    case 'record':
      return recordOf(compileTree(def.valueType));
    case 'array':
      return listOf([], compileTree(def.element));
    case 'tuple':
      return listOf(def.items.map(compileTree), def.rest ? compileTree(def.rest) : ANY);
    case 'set':
      return setOf(compileTree(def.valueType));
    case 'map':
      return mapOf(compileTree(def.keyType), compileTree(def.valueType));
    case 'union':
      return compileUnion(def);
    case 'nullable':
      return nullable(compileTree(def.innerType));
    case 'optional':
      return optional(compileTree(def.innerType));
    case 'nonoptional':
    case 'readonly':
    case 'prefault':
      return compileTree(def.innerType);
    case 'default':
    case 'catch':
      return ofAnyOrigin(compileTree(def.innerType));
    case 'pipe':
      return compileTree(def.out);
    default:
      return ANY;
  }
}

function compileObject(def: core.$ZodObjectDef): Encoder {
  const fields = Object.entries(def.shape).map(([key, field]) => [key, compileTree(field)] as const);
  const catchall = catchallOf(def);
  const rest = catchall && compileTree(catchall);
  return objectOf(Object.fromEntries(fields), rest);
}

/** Distinguishes options only if that is certain: by a discriminator, or because all but one are certainly scalars. */
function compileUnion(def: core.$ZodUnionDef | core.$ZodDiscriminatedUnionDef): Encoder {
  if ('discriminator' in def) return compileKinds(def);
  const others = def.options.map(compileTree).filter((option) => option !== SCALAR);
  return others.length > 1 ? ANY : scalarOr(others[0] ?? SCALAR);
}

function compileKinds({ options, discriminator }: core.$ZodDiscriminatedUnionDef): Encoder {
  const kinds = new Map<unknown, Encoder>();
  for (const option of options) {
    const names = option instanceof core.$ZodObject && namesOf(option._zod.def.shape[discriminator]);
    if (!names) return ANY;
    const encoder = compileTree(option);
    for (const name of names) kinds.set(name, encoder);
  }
  return byKind(discriminator, kinds);
}

/** Returns the values of a discriminator; `undefined` if a parse or a check may change them. */
function namesOf(kind: Schema | undefined): readonly unknown[] | undefined {
  if (!kind || !readsOnly(kind)) return undefined;
  if (kind instanceof core.$ZodLiteral) return kind._zod.def.values;
  return kind instanceof core.$ZodEnum ? core.util.getEnumValues(kind._zod.def.entries) : undefined;
}
