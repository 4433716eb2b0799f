import type { TrackedEnvelope } from '@trpc/server';
import { z } from 'zod';

const isAsyncIterable = (value: unknown) =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/**
 * The output of a procedure that answers piece by piece.
 * @param item what each piece is; for the document, and the type. Pieces come from our own log and are not parsed again.
 */
export const iterable = <T>(item: z.ZodType<T>) =>
  z
    .custom<AsyncIterable<T, void, void>>(isAsyncIterable)
    .meta({ description: item.description ?? 'A stream.' });

/** As `iterable`, where each piece has an id, from which a reader can resume (tRPC's `tracked`). */
export const trackedIterable = <T>(item: z.ZodType<T>) =>
  z
    .custom<AsyncIterable<TrackedEnvelope<T>, void, void>>(isAsyncIterable)
    .meta({ description: item.description ?? 'A stream of events with ids.' });
