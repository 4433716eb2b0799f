import { cutText } from '#layer/index';

/** The maximum size of a line, in bytes of UTF-8 with its line break. */
export const MAX_LINE_BYTES = 4096;
/** A text of this length always fits, because a UTF-16 code unit takes at most three bytes. */
const SURELY_FITS = Math.floor(MAX_LINE_BYTES / 3);
/** The time for which repeats of a fault are counted before the count is written, in milliseconds. */
const WINDOW_MS = 30_000;
/** The number of faults that are counted separately at a time. Further ones share one count. */
const MAX_FAULTS = 100;
/** The number of request ids that are listed with a count. */
const MAX_REQUEST_IDS = 15;
/** Repeats are counted from level WARN on, below FATAL. */
const WARN = 40;
const FATAL = 60;
/** The start of every line of pino. */
const LEVEL = '{"level":';
/** The maximum lengths to which the texts of a line are cut, in bytes, tried in order until the line fits. */
const CUTS = [1024, 256, 64];

type Fields = Record<string, unknown>;

/** The destination of lines, such as one of pino. */
export interface Output {
  write: (line: string) => unknown;
  flush?: (done?: (error?: Error | null) => void) => void;
  flushSync?: () => void;
}

/** A stream for pino that limits the size and number of lines. */
export interface LineStream {
  write: (line: string) => void;
  /** Writes the counts of repeated lines. Calls `done` when everything is written. */
  flush: (done?: (error?: Error | null) => void) => void;
  /** Does the same synchronously. */
  flushSync: () => void;
}

/** Repeats of a line. */
interface Fault {
  /** The number of repeats since it was last written. */
  repeated: number;
  last: Fields;
  requestIds: string[];
  timer: NodeJS.Timeout;
}

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

function parse(line: string): Fields | null {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function cutTexts(value: unknown, bytes: number, depth = 0): unknown {
  if (typeof value === 'string') return cutText(value, bytes);
  if (!isObject(value)) return value;
  if (depth > 5) return '…';
  if (Array.isArray(value))
    return value.slice(0, MAX_REQUEST_IDS).map((item) => cutTexts(item, bytes, depth + 1));
  const entries = Object.entries(value).slice(0, 30);
  return Object.fromEntries(
    entries.map(([name, item]) => [cutText(name, 64), cutTexts(item, bytes, depth + 1)]),
  );
}

const write = (fields: unknown) => `${JSON.stringify(fields)}\n`;
const fits = (line: string) => line.length <= SURELY_FITS || Buffer.byteLength(line) <= MAX_LINE_BYTES;

/** Returns the line with its texts cut until it fits. */
function shorten(line: string): string {
  const fields = parse(line);
  for (const bytes of fields ? CUTS : []) {
    const shorter = write(cutTexts(fields, bytes));
    if (fits(shorter)) return shorter;
  }
  const { level = WARN, time, requestId, msg } = fields ?? {};
  return write(cutTexts({ level, time, requestId, msg, isCut: true }, 256));
}

/** Returns a key that is equal for the same fault: what happened and where, but not to which caller. */
function identityOf({ level, msg, procedure, code, model, err }: Fields): string {
  const identity: unknown[] = [level, msg, procedure, code, model];
  for (let error = err; isObject(error); error = error['cause']) {
    const { type, code: own, status, sqlstate, constraint, message, stack } = error;
    identity.push(
      type,
      own,
      status,
      sqlstate,
      constraint,
      message,
      Array.isArray(stack) ? stack[0] : undefined,
    );
  }
  return JSON.stringify(identity);
}

/**
 * Keeps the log from flooding. A line has at most MAX_LINE_BYTES; texts of a longer line are cut. A repeated warning or
 * error is counted instead of written. After `windowMs` milliseconds, and at the end of the process, one line has the
 * count (`repeated`): the last of the repeats, with the ids of their first requests.
 */
export function createLineStream(out: Output, windowMs = WINDOW_MS): LineStream {
  const faults = new Map<string, Fault>();

  const put = (line: string) => void out.write(fits(line) ? line : shorten(line));

  /** @returns true if there were repeats to write. */
  function writeCount(fault: Fault): boolean {
    const { repeated, last, requestIds } = fault;
    if (repeated === 0) return false;
    Object.assign(fault, { repeated: 0, requestIds: [] });
    put(write({ ...last, repeated, ...(requestIds.length > 0 && { requestIds }) }));
    return true;
  }

  function watch(identity: string, last: Fields): Fault {
    const end = () => {
      const fault = faults.get(identity);
      if (!fault) return;
      if (writeCount(fault)) fault.timer.refresh();
      else faults.delete(identity);
    };
    const fault = { repeated: 0, last, requestIds: [], timer: setTimeout(end, windowMs).unref() };
    faults.set(identity, fault);
    return fault;
  }

  function isRepeat(fields: Fields): boolean {
    const own = identityOf(fields);
    const identity = faults.has(own) || faults.size < MAX_FAULTS ? own : 'others';
    const fault = faults.get(identity);
    if (!fault) {
      watch(identity, fields);
      return false;
    }
    fault.repeated++;
    fault.last = fields;
    const { requestId } = fields;
    if (typeof requestId === 'string' && fault.requestIds.length < MAX_REQUEST_IDS)
      fault.requestIds.push(requestId);
    return true;
  }

  const writeCounts = () => {
    for (const fault of faults.values()) writeCount(fault);
  };

  return {
    write(line) {
      const level = line.startsWith(LEVEL) ? Number(line.slice(LEVEL.length, LEVEL.length + 2)) : 0;
      if (level >= WARN && level < FATAL) {
        const fields = parse(line);
        if (fields && isRepeat(fields)) return;
      }
      put(line);
    },
    flush(done) {
      writeCounts();
      if (out.flush) out.flush(done);
      else done?.();
    },
    flushSync() {
      writeCounts();
      out.flushSync?.();
    },
  };
}
