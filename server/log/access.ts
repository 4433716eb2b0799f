import { pino } from 'pino';
import type { Logger } from './index.ts';

/** The response to a request, as the log shows it. */
export interface Access {
  requestId: string;
  method: string;
  /** The path of the request, without anything that may be a secret. */
  path: string;
  /** The procedures that the request calls, if the path does not name them. */
  procedures?: readonly string[];
  /** The HTTP status. */
  status: number;
  /** The time until the start of the response, in milliseconds. */
  ms: number;
}

/** The level of the lines. */
const INFO = 30;

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
  const middle = `${bindings},"requestId":`;
  return ({ requestId, method, path, procedures, status, ms }) => {
    const called = procedures ? `,"procedures":${JSON.stringify(procedures)}` : '';
    stream.write(
      `${start}${Date.now()}${middle}${JSON.stringify(requestId)},"method":${JSON.stringify(method)},"path":${JSON.stringify(path)}${called},"status":${status},"ms":${ms},"msg":"request"}\n`,
    );
  };
}

const isWritable = (value: unknown): value is { write: (line: string) => unknown } =>
  typeof value === 'object' && value !== null && 'write' in value && typeof value.write === 'function';
