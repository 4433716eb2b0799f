import type { TrackedEnvelope } from '@trpc/server';
import * as core from 'zod/v4/core';
import { annotated } from '../schema/build.ts';

/** The schemas of a streamed output for the OpenAPI document: of each chunk, and of all chunks together. */
interface StreamSchemas {
  item: core.$ZodType;
  whole?: core.$ZodType;
}

const streamed = new WeakMap<core.$ZodType, StreamSchemas>();

/** Returns the schemas of an output that was created by `iterable` or `trackedIterable`. */
export const streamSchemasOf = (output: core.$ZodType): StreamSchemas | undefined => streamed.get(output);

/** True if a value is an async iterable. */
export const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/**
 * Creates the output schema of a procedure that streams its result in chunks.
 * @param item the schema of a chunk, for the OpenAPI document and the type. Chunks are not validated.
 * @param whole the schema of all chunks joined, if they are the text of one JSON document.
 * @returns a schema that accepts any async iterable.
 */
export function iterable<T>(item: core.$ZodType<T>, whole?: core.$ZodType) {
  const schema = streamOf<AsyncIterable<T, void, void>>(item, 'A stream.');
  streamed.set(schema, { item, ...(whole && { whole }) });
  return schema;
}

/** Creates a schema that accepts any async iterable, with the description of its items if they have one. */
const streamOf = <T>(item: core.$ZodType, description: string) =>
  annotated(core._custom<T>(core.$ZodCustom, isAsyncIterable, {}), {
    description: core.globalRegistry.get(item)?.description ?? description,
  });

/** Like `iterable`, but each chunk has an id from which a client can resume (tRPC's `tracked`). */
export function trackedIterable<T>(item: core.$ZodType<T>) {
  const schema = streamOf<AsyncIterable<TrackedEnvelope<T>, void, void>>(
    item,
    'A stream of events with ids.',
  );
  streamed.set(schema, { item });
  return schema;
}
