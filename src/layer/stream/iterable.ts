import type { TrackedEnvelope } from '@trpc/server';
import { z } from 'zod';

/** The schemas of a streamed output for the OpenAPI document: of each chunk, and of all chunks together. */
interface StreamSchemas {
  item: z.core.$ZodType;
  whole?: z.core.$ZodType;
}

const streamed = new WeakMap<z.core.$ZodType, StreamSchemas>();

/** Returns the schemas of an output that was created by `iterable` or `trackedIterable`. */
export const streamSchemasOf = (output: z.core.$ZodType): StreamSchemas | undefined => streamed.get(output);

/** True if a value is an async iterable. */
export const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/**
 * Creates the output schema of a procedure that streams its result in chunks.
 * @param item the schema of a chunk, for the OpenAPI document and the type. Chunks are not validated.
 * @param whole the schema of all chunks joined, if they are the text of one JSON document.
 * @returns a schema that accepts any async iterable.
 */
export function iterable<T>(item: z.core.$ZodType<T>, whole?: z.core.$ZodType) {
  const schema = z
    .custom<AsyncIterable<T, void, void>>(isAsyncIterable)
    .meta({ description: z.globalRegistry.get(item)?.description ?? 'A stream.' });
  streamed.set(schema, { item, ...(whole && { whole }) });
  return schema;
}

/** Like `iterable`, but each chunk has an id from which a client can resume (tRPC's `tracked`). */
export function trackedIterable<T>(item: z.core.$ZodType<T>) {
  const schema = z
    .custom<AsyncIterable<TrackedEnvelope<T>, void, void>>(isAsyncIterable)
    .meta({ description: z.globalRegistry.get(item)?.description ?? 'A stream of events with ids.' });
  streamed.set(schema, { item });
  return schema;
}
