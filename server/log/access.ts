import { pino } from 'pino';
import type { Logger } from './index.ts';

/** The response to a request, as the log shows it. */
export interface Access {
  requestId: string;
  /** The id of the trace that the request is part of, in lower-case hexadecimal digits, if it is known. */
  traceId?: string | undefined;
  /** The surface that responded, such as `rest`; `none` for a path that does not exist. */
  surface: string;
  method: string;
  /** The path of the request, without anything that may be a secret. */
  path: string;
  /** The procedures that the request calls, if the path does not name them. */
  procedures?: readonly string[];
  /** The HTTP status. */
  status: number;
  /** The size of the body of the response, in bytes, if it is known when the response begins. */
  bytes?: number | undefined;
  /** The time until the start of the response, in milliseconds. */
  ms: number;
}

/** The level of the lines. */
const INFO = 30;

/** The number of texts whose JSON is kept. There are fewer methods and surfaces. */
const MAX_KEPT = 100;

/** Returns a function that writes texts that recur as JSON. */
function createQuote(): (text: string) => string {
  const kept = new Map<string, string>();
  return (text) => {
    let json = kept.get(text);
    if (json === undefined) {
      json = JSON.stringify(text);
      if (kept.size < MAX_KEPT) kept.set(text, json);
    }
    return json;
  };
}

/**
 * Returns a function that logs a response, with the line that `log.info(access, 'request')` writes. It puts the line
 * together from a template, because pino's general way costs a good part of a call.
 */
export function createAccessLog(log: Logger): (access: Access) => void {
  if (!log.isLevelEnabled('info')) return () => undefined;
  const stream: unknown = Reflect.get(log, pino.symbols.streamSym);
  const bindings: unknown = Reflect.get(log, pino.symbols.chindingsSym);
  if (!isWritable(stream) || typeof bindings !== 'string') {
    return (access) => {
      log.info(access, 'request');
    };
  }
  const start = `{"level":${INFO},"time":`;
  const quote = createQuote();
  const middle = `${bindings},"requestId":`;
  return ({ requestId, traceId, surface, method, path, procedures, status, bytes, ms }) => {
    // Hexadecimal digits need no escapes.
    const trace = traceId === undefined ? '' : `,"traceId":"${traceId}"`;
    const called = procedures ? `,"procedures":${JSON.stringify(procedures)}` : '';
    const size = bytes === undefined ? '' : `,"bytes":${bytes}`;
    stream.write(
      `${start}${Date.now()}${middle}${JSON.stringify(requestId)}${trace},"surface":${quote(surface)},"method":${quote(method)},"path":${JSON.stringify(path)}${called},"status":${status}${size},"ms":${ms},"msg":"request"}\n`,
    );
  };
}

const isWritable = (value: unknown): value is { write: (line: string) => unknown } =>
  typeof value === 'object' && value !== null && 'write' in value && typeof value.write === 'function';
