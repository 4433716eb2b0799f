import type { TrackedEnvelope } from '@trpc/server';
import { z } from 'zod';

/** What the pieces of a streamed output are, and what they make together; for documents. */
interface Pieces {
  item: z.core.$ZodType;
  whole?: z.core.$ZodType;
}

const streamed = new WeakMap<z.core.$ZodType, Pieces>();

/** What is told of the pieces of an output that `iterable` or `trackedIterable` made. */
export const piecesOf = (output: z.core.$ZodType): Pieces | undefined => streamed.get(output);

/** Returns true if a value is given piece by piece. */
export const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/**
 * The output of a procedure that answers piece by piece.
 * @param item what each piece is; for the document, and the type. Pieces come from our own log and are not parsed again.
 * @param whole what the pieces make together, where they are texts of one document.
 */
export function iterable<T>(item: z.core.$ZodType<T>, whole?: z.core.$ZodType) {
  const schema = z
    .custom<AsyncIterable<T, void, void>>(isAsyncIterable)
    .meta({ description: z.globalRegistry.get(item)?.description ?? 'A stream.' });
  streamed.set(schema, { item, ...(whole && { whole }) });
  return schema;
}

/** As `iterable`, where each piece has an id, from which a reader can resume (tRPC's `tracked`). */
export function trackedIterable<T>(item: z.core.$ZodType<T>) {
  const schema = z
    .custom<AsyncIterable<TrackedEnvelope<T>, void, void>>(isAsyncIterable)
    .meta({ description: z.globalRegistry.get(item)?.description ?? 'A stream of events with ids.' });
  streamed.set(schema, { item });
  return schema;
}
