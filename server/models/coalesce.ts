import { performance } from 'node:perf_hooks';
import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import type { LanguageModelMiddleware } from 'ai';

type Part = LanguageModelV4StreamPart;
type Parts = ReadableStream<Part>;

/** How long deltas are collected, in milliseconds. At 50 steps per second, text still seems to flow. */
const INTERVAL_MS = 20;
/** The same for an overloaded process: fewer and larger steps cost less, and text still flows. */
const BUSY_INTERVAL_MS = 100;
/** The event loop utilization above which a process is overloaded. */
const BUSY = 0.95;
/** The characters that may wait for a slow reader. With more, reading from the model pauses. */
const MAX_WAITING = 16 * 1024;
/** The size that a part without text counts as. */
const PART_SIZE = 200;
/** The minimum size that a delta counts as, so that endless empty deltas do not keep the process busy. */
const MIN_DELTA_SIZE = 16;

/**
 * Joins the deltas of a text that arrive within one interval, because each delta costs the same, however long its text
 * is. The first delta of an answer, the last one, and one after a pause are passed on at once. All answers share the
 * same intervals, so that their texts go to the database together.
 */
export function coalesceDeltas(): LanguageModelMiddleware {
  const schedule = createSchedule();
  return {
    specificationVersion: 'v4',
    async wrapStream({ doStream }) {
      const result = await doStream();
      return { ...result, stream: coalesce(result.stream, schedule) };
    },
  };
}

type Schedule = (wake: () => void) => void;

/**
 * Calls all waiting callbacks at once, in the next turn of the event loop, but never twice within INTERVAL_MS. The
 * interval grows step by step to BUSY_INTERVAL_MS while the event loop is overloaded, and shrinks afterwards.
 */
function createSchedule(): Schedule {
  let waiting: (() => void)[] = [];
  let last = -Infinity;
  let interval = INTERVAL_MS;
  let load = performance.eventLoopUtilization();
  function wakeAll() {
    last = performance.now();
    const { utilization } = performance.eventLoopUtilization(load);
    load = performance.eventLoopUtilization();
    interval =
      utilization > BUSY ? Math.min(2 * interval, BUSY_INTERVAL_MS) : Math.max(interval / 2, INTERVAL_MS);
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  }
  return (wake) => {
    waiting.push(wake);
    if (waiting.length > 1) return;
    const rest = last + interval - performance.now();
    if (rest > 0) setTimeout(wakeAll, rest);
    else setImmediate(wakeAll);
  };
}

function coalesce(source: Parts, schedule: Schedule): Parts {
  const reader = source.getReader();
  let waiting: Part[] = [];
  let size = 0;
  let hasDelta = false;
  let end: { failure?: unknown } | undefined;
  let ready = Promise.withResolvers<undefined>();
  let room = Promise.withResolvers<undefined>();

  function add(part: Part): void {
    if (waiting.length === 0) {
      const { resolve } = ready;
      (hasDelta ? schedule : setImmediate)(() => resolve(undefined));
    }
    join(waiting, part);
    if (!('delta' in part)) size += PART_SIZE;
    else {
      size += Math.max(part.delta.length, MIN_DELTA_SIZE);
      hasDelta = true;
    }
  }

  async function read(): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        add(value);
        if (size >= MAX_WAITING) await room.promise;
      }
      end = {};
    } catch (failure) {
      end = { failure };
    }
    ready.resolve(undefined);
  }

  function take(): Part[] {
    const taken = waiting;
    waiting = [];
    size = 0;
    ready = Promise.withResolvers();
    if (end) ready.resolve(undefined);
    room.resolve(undefined);
    room = Promise.withResolvers();
    return taken;
  }

  return new ReadableStream<Part>(
    {
      start() {
        void read();
      },
      async pull(controller) {
        await ready.promise;
        // An error discards queued parts, so it waits until all parts have been read.
        if (waiting.length > 0) for (const part of take()) controller.enqueue(part);
        else if (end && 'failure' in end) controller.error(end.failure);
        else controller.close();
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** Adds `part` to `parts`. Joins it with the last part if both are deltas of the same text or tool input. */
function join(parts: Part[], part: Part): void {
  const last = parts.at(-1);
  if (
    last &&
    (part.type === 'text-delta' || part.type === 'reasoning-delta' || part.type === 'tool-input-delta') &&
    last.type === part.type &&
    last.id === part.id &&
    !part.providerMetadata &&
    !last.providerMetadata
  ) {
    parts[parts.length - 1] = { ...last, delta: last.delta + part.delta };
  } else {
    parts.push(part);
  }
}
