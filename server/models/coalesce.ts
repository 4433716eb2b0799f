import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import type { LanguageModelMiddleware } from 'ai';
import { collect } from './collect.ts';
import { atPace, createSchedule, type Pace } from './pace.ts';

type Part = LanguageModelV4StreamPart;
type Parts = ReadableStream<Part>;

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
 *
 * If the model is called over HTTP, its events already wait for the interval (`collectEvents`).
 */
export function coalesceDeltas(): LanguageModelMiddleware {
  const schedule = createSchedule();
  return {
    specificationVersion: 'v4',
    async wrapStream({ doStream }) {
      const pace: Pace = { schedule, hasDelta: false, hasEvents: false };
      const result = await atPace(pace, doStream);
      return { ...result, stream: coalesce(result.stream, pace) };
    },
  };
}

function coalesce(source: Parts, pace: Pace): Parts {
  const reader = source.getReader();
  return collect<Part>({
    read: async () => (await reader.read()).value,
    cancel: (reason) => reader.cancel(reason),
    add(waiting, part) {
      join(waiting, part);
      if (!('delta' in part)) return PART_SIZE;
      pace.hasDelta = true;
      return Math.max(part.delta.length, MIN_DELTA_SIZE);
    },
    take: (waiting) => waiting,
    maxWaiting: MAX_WAITING,
    schedule(wake) {
      if (pace.hasDelta && !pace.hasEvents) pace.schedule(wake);
      else setImmediate(wake);
    },
  });
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
