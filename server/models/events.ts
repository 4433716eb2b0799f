import { Buffer } from 'node:buffer';
import { collect } from './collect.ts';
import type { Pace } from './pace.ts';

/** The bytes that may wait for a slow reader. With more, reading from the provider pauses. */
const MAX_WAITING = 64 * 1024;

/**
 * What precedes the text of a delta: in chat completions of OpenAI and similar providers, and in messages of Anthropic.
 */
const BEFORE_TEXT =
  /"delta":\{(?:(?:"role":"assistant",)?(?:"content":null,)?"(?:reasoning_)?content":"|"type":"text_delta","text":")/;
/** The end of the text and of its delta. */
const AFTER_TEXT = '"}';

const LINE_FEED = 10;
const QUOTE = 34;
const BACKSLASH = 92;

/** An event with one delta. `text` is the escaped content of a JSON string. */
interface DeltaEvent {
  before: string;
  text: string;
  after: string;
}

/** The source of a response body. */
export interface Source {
  /** Reads the next bytes; undefined at the end. */
  read: () => Promise<Uint8Array | undefined>;
  cancel: (reason: unknown) => Promise<void>;
}

/**
 * Returns the body of an event stream in which the events of an interval arrive together, and deltas of one text as one
 * event. So the stages behind it, of which the AI SDK has a dozen, run once per interval and not once per delta.
 * Nothing waits before the first delta.
 */
export function collectEvents({ read, cancel }: Source, pace: Pace): ReadableStream<Uint8Array> {
  pace.hasEvents = true;
  const join = createJoin();
  return collect<Uint8Array>({
    read,
    cancel,
    add(waiting, bytes) {
      waiting.push(bytes);
      return bytes.length;
    },
    // Latin-1 has a character for each byte, so no character of UTF-8 is cut or changed.
    take: (waiting) => [Buffer.from(join(Buffer.concat(waiting).toString('latin1')), 'latin1')],
    maxWaiting: MAX_WAITING,
    schedule(wake) {
      if (pace.hasDelta) pace.schedule(wake);
      else wake();
    },
  });
}

/**
 * Returns a function that joins consecutive deltas in successive slices of an event stream. Two events are joined only
 * if they differ in nothing but the text of their delta.
 */
export function createJoin(): (slice: string) => string {
  /** True if the next slice begins within an event, which then stays as it is. */
  let isWithin = false;

  return (slice) => {
    let at = isWithin ? endOfEvent(slice, 0) : 0;
    isWithin = !slice.endsWith('\n\n');
    let joined = slice.slice(0, at);
    let last: DeltaEvent | null = null;
    while (at < slice.length) {
      const end = endOfEvent(slice, at);
      const event = slice.slice(at, end);
      at = end;
      const next = parseDelta(event, last);
      if (last && next?.before === last.before && next.after === last.after) {
        last.text += next.text;
        continue;
      }
      if (last) joined += last.before + last.text + last.after;
      if (!next) joined += event;
      last = next;
    }
    return last ? joined + last.before + last.text + last.after : joined;
  };
}

function endOfEvent(slice: string, from: number): number {
  const blank = slice.indexOf('\n\n', from);
  return blank === -1 ? slice.length : blank + 2;
}

/** @param last the event before, which most events resemble. */
function parseDelta(event: string, last: DeltaEvent | null): DeltaEvent | null {
  const start = last && event.startsWith(last.before) ? last.before.length : startOfText(event);
  const end = start === -1 ? -1 : endOfString(event, start);
  if (end === -1) return null;
  const after = event.slice(end);
  // Another field of the delta, or a second delta, may be more text, even if it is the same in both events.
  if (after !== last?.after && (!after.startsWith(AFTER_TEXT) || after.includes('"delta":'))) return null;
  return { before: event.slice(0, start), text: event.slice(start, end), after };
}

/** Returns where the text of a delta starts; -1 if it is not found. Quotes within a JSON string are escaped. */
function startOfText(event: string): number {
  const found = BEFORE_TEXT.exec(event);
  return found ? found.index + found[0].length : -1;
}

/** Returns where the JSON string ends that contains `from`; -1 if it does not. */
function endOfString(event: string, from: number): number {
  for (let at = from; at < event.length; at++) {
    const code = event.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === LINE_FEED) return -1;
    if (code === BACKSLASH) at++;
  }
  return -1;
}
