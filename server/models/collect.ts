import type { Schedule } from './pace.ts';

/** What is collected, and how. */
interface Collection<T> {
  /** Reads the next item; undefined at the end. */
  read: () => Promise<T | undefined>;
  cancel: (reason: unknown) => Promise<void>;
  /** Adds an item to those that wait. @returns the size that it counts as. */
  add: (waiting: T[], item: T) => number;
  /** Returns what is passed on for the items that have waited. */
  take: (waiting: T[]) => T[];
  /** The size that may wait for a slow reader. With more, reading pauses. */
  maxWaiting: number;
  /** Decides when items that start to wait are passed on. */
  schedule: Schedule;
}

/** Reads a source ahead of the reader of the returned stream, and passes on what has arrived when it is due. */
export function collect<T>({
  read,
  cancel,
  add,
  take,
  maxWaiting,
  schedule,
}: Collection<T>): ReadableStream<T> {
  let waiting: T[] = [];
  let size = 0;
  let end: { failure?: unknown } | undefined;
  let ready = Promise.withResolvers<undefined>();
  let room = Promise.withResolvers<undefined>();

  async function readAll(): Promise<void> {
    try {
      for (let item = await read(); item !== undefined; item = await read()) {
        if (waiting.length === 0) {
          const { resolve } = ready;
          schedule(() => resolve(undefined));
        }
        size += add(waiting, item);
        if (size >= maxWaiting) await room.promise;
      }
      end = {};
    } catch (failure) {
      end = { failure };
    }
    ready.resolve(undefined);
  }

  function takeAll(): T[] {
    const taken = waiting;
    waiting = [];
    size = 0;
    ready = Promise.withResolvers();
    if (end) ready.resolve(undefined);
    room.resolve(undefined);
    room = Promise.withResolvers();
    return take(taken);
  }

  return new ReadableStream<T>(
    {
      start() {
        void readAll();
      },
      async pull(controller) {
        await ready.promise;
        // An error discards queued items, so it waits until all items have been read.
        if (waiting.length > 0) for (const item of takeAll()) controller.enqueue(item);
        else if (end && 'failure' in end) controller.error(end.failure);
        else controller.close();
      },
      cancel,
    },
    { highWaterMark: 0 },
  );
}
