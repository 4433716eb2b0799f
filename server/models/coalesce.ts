import { performance } from 'node:perf_hooks';
import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import type { LanguageModelMiddleware } from 'ai';

type Part = LanguageModelV4StreamPart;
type Parts = ReadableStream<Part>;

/** How long deltas may gather, in milliseconds: at 50 steps a second, text still seems to flow. */
const BEAT_MS = 20;
/** The same where the process has more to do than it can: fewer and larger steps cost less, and text still flows. */
const BUSY_BEAT_MS = 100;
/** The share of its time that a process works when it has more to do than it can. */
const BUSY = 0.95;
/** Characters a slow reader may leave waiting; then the model is read no further. */
const MAX_WAITING = 16 * 1024;
/** What a part without text counts for. */
const PART_SIZE = 200;
/** What a delta counts for at least, so that a model that says nothing for ever does not keep the process busy. */
const MIN_DELTA_SIZE = 16;

/**
 * Hands the deltas of a text on in steps, joined into one: on its way to the reader, each costs the same however long
 * its text is. The first delta of an answer, the last, and one that comes after a pause are handed on at once.
 * All answers step together, so that what they say goes to the database together.
 */
export function coalesceDeltas(): LanguageModelMiddleware {
  const pulse = createPulse();
  return {
    specificationVersion: 'v4',
    async wrapStream({ doStream }) {
      const result = await doStream();
      return { ...result, stream: coalesce(result.stream, pulse) };
    },
  };
}

type Schedule = (wake: () => void) => void;

/**
 * Wakes all who wait at once, in the next turn of the event loop, but never twice within BEAT_MS. The pause grows step by
 * step to BUSY_BEAT_MS while the event loop knows no rest, and shrinks again.
 */
function createPulse(): Schedule {
  let waiting: (() => void)[] = [];
  let last = -Infinity;
  let pause = BEAT_MS;
  let load = performance.eventLoopUtilization();
  function beat() {
    last = performance.now();
    const { utilization } = performance.eventLoopUtilization(load);
    load = performance.eventLoopUtilization();
    pause = utilization > BUSY ? Math.min(2 * pause, BUSY_BEAT_MS) : Math.max(pause / 2, BEAT_MS);
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  }
  return (wake) => {
    waiting.push(wake);
    if (waiting.length > 1) return;
    const rest = last + pause - performance.now();
    if (rest > 0) setTimeout(beat, rest);
    else setImmediate(beat);
  };
}

function coalesce(source: Parts, pulse: Schedule): Parts {
  const reader = source.getReader();
  let waiting: Part[] = [];
  let size = 0;
  let hasSpoken = false;
  let end: { failure?: unknown } | undefined;
  let ready = Promise.withResolvers<undefined>();
  let room = Promise.withResolvers<undefined>();

  function add(part: Part): void {
    if (waiting.length === 0) {
      const { resolve } = ready;
      (hasSpoken ? pulse : setImmediate)(() => resolve(undefined));
    }
    join(waiting, part);
    if (!('delta' in part)) size += PART_SIZE;
    else {
      size += Math.max(part.delta.length, MIN_DELTA_SIZE);
      hasSpoken = true;
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
        // An error takes back what was not read yet, so it waits until all is.
        if (waiting.length > 0) for (const part of take()) controller.enqueue(part);
        else if (end && 'failure' in end) controller.error(end.failure);
        else controller.close();
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** Adds `part` to `parts`, joined with the last one where both are deltas of the same text or tool input. */
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
