import { invalidInput } from '../errors/input.ts';
import { pointerTo } from '../errors/rejection.ts';
import { once } from '../once.ts';
import { compileCoercion } from '../rest/coerce.ts';
import { MAX_KEY_LENGTH } from '../rest/idempotency.ts';
import { isPlainObject } from '../rest/text.ts';
import { rejectsUndefined } from '../schema/absent.ts';
import type { Schema } from '../schema/schema.ts';
import { asObjectSchema, jsonSchemaOf, type ObjectSchema, wrappedSchema } from './schema.ts';

/** The field of the arguments with the input, if the input is not an object. */
const INPUT = 'input';
/** The field of the arguments with the idempotency key. */
const KEY = 'idempotencyKey';

type Fields = Record<string, unknown>;

/** The arguments of a tool, as it reads them. */
export interface Arguments {
  /** The input of the procedure, before it is validated. */
  input: unknown;
  /** The idempotency key; `null` if there is none. */
  key: string | null;
}

/** What a tool accepts. */
export interface Parameters {
  schema: ObjectSchema;
  /** @throws {ApiError} INVALID_INPUT for arguments that are not an object, or an invalid key. */
  read: (args: unknown) => Arguments;
}

/**
 * Compiles the parameters of a tool from the input of its procedure.
 * @param takesKey true to accept an idempotency key. An input with several forms of objects has no place for one.
 */
export function compileParameters(input: Schema | null, takesKey: boolean): Parameters {
  const own = input ? ownParameters(input) : NO_PARAMETERS;
  return takesKey && 'properties' in own.schema && !FORMS.some((form) => form in own.schema)
    ? withKey(own)
    : own;
}

/** Keywords of a schema that all its properties have to satisfy. */
const FORMS = ['anyOf', 'oneOf', 'allOf'];

interface Own {
  schema: ObjectSchema;
  read: (args: unknown) => Arguments;
}

const NO_PARAMETERS: Own = {
  schema: { type: 'object', properties: {}, additionalProperties: false },
  read(args) {
    const [field] = Object.keys(fieldsOf(args));
    if (field === undefined) return { input: undefined, key: null };
    throw invalidInput([{ pointer: pointerTo([field]), message: 'this tool has no such argument' }]);
  },
};

function ownParameters(input: Schema): Own {
  const described = jsonSchemaOf(input, 'input');
  const ofObjects = asObjectSchema(described);
  const coerce = once(() => compileCoercion(input));
  const needsObject = rejectsUndefined(input);
  return {
    schema: ofObjects ?? wrappedSchema(described, INPUT),
    read(args) {
      const fields = fieldsOf(args);
      if (!ofObjects) return { input: coerce()(fields[INPUT]), key: null };
      const isAbsent = Object.keys(fields).length === 0 && !needsObject;
      return { input: isAbsent ? undefined : coerce()(fields), key: null };
    },
  };
}

function withKey({ schema, read }: Own): Parameters {
  const key = {
    type: 'string',
    minLength: 1,
    maxLength: MAX_KEY_LENGTH,
    description: 'A unique text. Use the same one when trying again, so that it happens once.',
  };
  return {
    schema: { ...schema, properties: { ...fieldsOf(schema['properties']), [KEY]: key } },
    read(args) {
      const { [KEY]: sent, ...fields } = fieldsOf(args);
      return { ...read(fields), key: keyOf(sent) };
    },
  };
}

function keyOf(sent: unknown): string | null {
  if (sent === undefined) return null;
  if (typeof sent === 'string' && sent !== '' && sent.length <= MAX_KEY_LENGTH) return sent;
  const message = `must be a text of 1 to ${MAX_KEY_LENGTH} characters`;
  throw invalidInput([{ pointer: pointerTo([KEY]), message }]);
}

function fieldsOf(args: unknown): Fields {
  if (args === undefined) return {};
  if (isPlainObject(args)) return args;
  throw invalidInput([{ pointer: '', message: 'the arguments must be an object' }]);
}
