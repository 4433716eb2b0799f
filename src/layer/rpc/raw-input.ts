import { ReadableStream } from 'node:stream/web';
import type { AnyTRPCProcedure } from '@trpc/server';
import { octetInputParser } from '@trpc/server/http';
import { z } from 'zod';
import { sizeOf } from '../decode/size.ts';
import { type ApiError, CoreError } from '../errors/api-error.ts';
import { type BodyCall, bodyTooLarge, chunksOf, limitBytes } from '../http/body.ts';
import { uploadLimits } from '../meta.ts';
import { AS_FORM_DATA, readMultipart } from '../rest/multipart.ts';
import { RawText } from '../rest/text.ts';
import type { Uploads } from '../rest/uploads.ts';
import { innerOf, type Schema } from '../schema/schema.ts';
import type { Inputs } from './inputs.ts';

/** How tRPC's clients send what is not JSON: a FormData; and a File, Blob or Uint8Array. */
const RAW_TYPES = ['multipart/form-data', 'application/octet-stream'] as const;
export type RawType = (typeof RAW_TYPES)[number];

/** Returns the media type if it is one of an input that is not JSON but may be read. */
export const rawTypeOf = (mediaType: string): RawType | undefined =>
  RAW_TYPES.find((raw) => raw === mediaType);

/** Reads an input that is not JSON: a FormData, or the ReadableStream that `octetInputParser` takes. */
export type ReadRaw = (call: BodyCall, type: RawType, uploads: Uploads) => Promise<unknown>;

/**
 * Compiles how an input that is not JSON is read for a procedure. Its limits are those of REST.
 * @returns a function that throws an ApiError: UNSUPPORTED_MEDIA_TYPE if no schema of the procedure can take such an input,
 * PAYLOAD_TOO_LARGE, and BAD_REQUEST for a body that is not a whole form.
 */
export function compileReadRaw(procedure: AnyTRPCProcedure): ReadRaw {
  const { inputs, meta } = procedure._def;
  const types = RAW_TYPES.filter((type) => inputs.length > 0 && inputs.every((input) => takes(input, type)));
  const { maxFields, maxValues } = sizeOf(procedure);
  const { file, total } = uploadLimits(meta);
  return async (call, type, uploads) => {
    if (!types.includes(type)) throw onlyJson();
    if (type === 'application/octet-stream') {
      if (Number(call.header('content-length') ?? 0) > file) throw bodyTooLarge(file);
      return ReadableStream.from(limitBytes(chunksOf(call), file, () => bodyTooLarge(file)));
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

/** The error for an input that is not JSON where none other is taken. */
export const onlyJson = (): ApiError =>
  new CoreError('UNSUPPORTED_MEDIA_TYPE', {
    detail: 'Send the content type application/json.',
    headers: { accept: 'application/json' },
  });

/** The inputs of a request with one call, whose input is there already. */
export const givenInput = (input: unknown): Inputs => ({
  read: () => Promise.resolve(input),
  isAbsent: () => false,
  known: () => input,
});

function takes(parser: unknown, type: RawType): boolean {
  if (parser === octetInputParser) return type === 'application/octet-stream';
  // Nothing is known of any other parser; it rejects by itself what it does not take.
  return !(parser instanceof z.core.$ZodType) || takesObjects(parser, new Set());
}

/** True if a schema may take an object of a class such as FormData. `z.object` would, but reads only its fields. */
function takesObjects(schema: Schema, seen: Set<Schema>): boolean {
  if (seen.has(schema)) return false;
  seen.add(schema);
  if (schema instanceof z.core.$ZodUnion) {
    return schema._zod.def.options.some((option) => takesObjects(option, seen));
  }
  if (schema instanceof z.core.$ZodIntersection) {
    return takesObjects(schema._zod.def.left, seen) && takesObjects(schema._zod.def.right, seen);
  }
  const inner = innerOf(schema);
  if (inner) return takesObjects(inner, seen);
  return (
    schema instanceof z.core.$ZodAny ||
    schema instanceof z.core.$ZodUnknown ||
    schema instanceof z.core.$ZodCustom ||
    schema instanceof z.core.$ZodTransform
  );
}
