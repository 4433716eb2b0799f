import { countValues } from '../decode/wire.ts';
import { invalidInput } from '../errors/input.ts';
import { pointerTo } from '../errors/rejection.ts';
import { tooMany } from '../http/json.ts';
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
  /** @throws {ApiError} INVALID_INPUT for arguments that are not an object, or an invalid key; BAD_REQUEST for too many. */
  read: (args: unknown) => Arguments;
}

/** Keywords of a schema that all its properties have to satisfy. */
const FORMS = ['anyOf', 'oneOf', 'allOf'];

const KEY_SCHEMA = {
  type: 'string',
  minLength: 1,
  maxLength: MAX_KEY_LENGTH,
  description: 'A unique text. Use the same one when trying again, so that it happens once.',
};

/**
 * Compiles the parameters of a tool from the input of its procedure.
 * @param takesKey true to accept an idempotency key. An input with a field of that name, or with several forms of
 *   objects, has no place for one.
 * @param maxValues the maximum number of values in the input.
 */
export function compileParameters(input: Schema | null, takesKey: boolean, maxValues: number): Parameters {
  const { schema, readInput } = input ? parametersOf(input, maxValues) : NO_PARAMETERS;
  const { properties } = schema;
  const hasPlace = isPlainObject(properties) && !(KEY in properties) && !FORMS.some((form) => form in schema);
  if (!takesKey || !hasPlace) {
    return { schema, read: (args) => ({ input: readInput(fieldsOf(args)), key: null }) };
  }
  return {
    schema: { ...schema, properties: { ...properties, [KEY]: KEY_SCHEMA } },
    read(args) {
      const { [KEY]: sent, ...fields } = fieldsOf(args);
      return { input: readInput(fields), key: keyOf(sent) };
    },
  };
}

/** The parameters with the input of a procedure. */
interface InputParameters {
  schema: ObjectSchema;
  readInput: (fields: Fields) => unknown;
}

const NO_PARAMETERS: InputParameters = {
  schema: { type: 'object', properties: {}, additionalProperties: false },
  readInput(fields) {
    const [field] = Object.keys(fields);
    if (field === undefined) return undefined;
    throw invalidInput([{ pointer: pointerTo([field]), message: 'this tool has no such argument' }]);
  },
};

function parametersOf(input: Schema, maxValues: number): InputParameters {
  const described = jsonSchemaOf(input, 'input');
  const ofObjects = asObjectSchema(described);
  const coerce = once(() => compileCoercion(input));
  const needsObject = rejectsUndefined(input);
  return {
    schema: ofObjects ?? wrappedSchema(described, INPUT),
    readInput(fields) {
      if (ofObjects && Object.keys(fields).length === 0 && !needsObject) return undefined;
      const sent = ofObjects ? fields : fields[INPUT];
      if (countValues(sent) > maxValues) throw tooMany(maxValues);
      return coerce()(sent);
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
