import type { AnyTRPCProcedure } from '@trpc/server';
import * as core from 'zod/v4/core';
import { sizeOf } from '../decode/size.ts';
import { type ApiError, CoreError } from '../errors/api-error.ts';
import { type BodyCall, bodyTooLarge, chunksOf, declaredLength, limitBytes, streamOf } from '../http/body.ts';
import { uploadLimits } from '../meta.ts';
import { AS_FORM_DATA, readMultipart } from '../rest/multipart.ts';
import { RawText } from '../rest/text.ts';
import type { Uploads } from '../rest/uploads.ts';
import { innerOf, type Schema } from '../schema/schema.ts';
import { type Inputs, isObject } from './inputs.ts';

/**
 * The media types with which tRPC's clients send input that is not JSON: a FormData, and a File, Blob or Uint8Array.
 */
const RAW_TYPES = ['multipart/form-data', 'application/octet-stream'] as const;
export type RawType = (typeof RAW_TYPES)[number];

/** Returns the media type if it is one of RAW_TYPES; otherwise `undefined`. */
export const rawTypeOf = (mediaType: string): RawType | undefined =>
  RAW_TYPES.find((raw) => raw === mediaType);

/** Reads an input that is not JSON, as a FormData or as the ReadableStream that `octetInputParser` accepts. */
export type ReadRaw = (call: BodyCall, type: RawType, uploads: Uploads) => Promise<unknown>;

/**
 * Compiles the reader of a procedure's input that is not JSON. Its limits are those of REST.
 * @returns a function that throws an ApiError: UNSUPPORTED_MEDIA_TYPE if the schemas of the procedure cannot accept
 *   such an input, PAYLOAD_TOO_LARGE, and BAD_REQUEST for a body that is not a complete form.
 */
export function compileReadRaw(procedure: AnyTRPCProcedure): ReadRaw {
  const { inputs, meta } = procedure._def;
  const types = RAW_TYPES.filter((type) => inputs.length > 0 && inputs.every((input) => takes(input, type)));
  const { maxFields, maxValues } = sizeOf(procedure);
  const { file, total } = uploadLimits(meta);
  return async (call, type, uploads) => {
    if (!types.includes(type)) throw onlyJson();
    if (type === 'application/octet-stream') {
      if (declaredLength(call) > file) throw bodyTooLarge(file);
      return streamOf(limitBytes(chunksOf(call), file, () => bodyTooLarge(file)));
    }
    const limits = { file, total, maxFields, maxValues };
    const form = new FormData();
    for (const [name, value] of await readMultipart(call, AS_FORM_DATA, limits, uploads)) {
      if (value instanceof RawText) form.append(name, value.value);
      else if (value instanceof File) form.append(name, value);
    }
    return form;
  };
}

/** Returns the error for an input that is not JSON, for a procedure that only accepts JSON. */
export const onlyJson = (): ApiError =>
  new CoreError('UNSUPPORTED_MEDIA_TYPE', {
    detail: 'Send the content type application/json.',
    headers: { accept: 'application/json' },
  });

/** Returns the inputs of a request with one call whose input has been read. */
export const singleInput = (input: unknown): Inputs => ({
  read: () => input,
  isAbsent: () => false,
  known: () => input,
});

function takes(parser: unknown, type: RawType): boolean {
  if (isOctetParser(parser)) return type === 'application/octet-stream';
  // Other parsers are opaque. They reject unsuitable input themselves.
  return !(parser instanceof core.$ZodType) || takesObjects(parser, new Set());
}

/** True for tRPC's `octetInputParser`, by its form: another copy of tRPC has another one. */
const isOctetParser = (parser: unknown): boolean =>
  isObject(parser) &&
  '_input' in parser &&
  parser._input === null &&
  'parse' in parser &&
  !('~standard' in parser);

/**
 * True if a schema may accept an instance of a class such as FormData. `z.object` does, but would only read its own
 * fields.
 */
function takesObjects(schema: Schema, seen: Set<Schema>): boolean {
  if (seen.has(schema)) return false;
  seen.add(schema);
  if (schema instanceof core.$ZodUnion) {
    return schema._zod.def.options.some((option) => takesObjects(option, seen));
  }
  if (schema instanceof core.$ZodIntersection) {
    return takesObjects(schema._zod.def.left, seen) && takesObjects(schema._zod.def.right, seen);
  }
  const inner = innerOf(schema);
  if (inner) return takesObjects(inner, seen);
  return (
    schema instanceof core.$ZodAny ||
    schema instanceof core.$ZodUnknown ||
    schema instanceof core.$ZodCustom ||
    schema instanceof core.$ZodTransform
  );
}
