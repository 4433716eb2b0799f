import { countValues } from '../decode/wire.ts';
import { CoreError } from '../errors/api-error.ts';
import { tooMany } from '../http/json.ts';
import { MAX_JSON_VALUES } from '../limits.ts';
import { isPlainObject } from '../rest/text.ts';

/** What a message asks for by its name or URI. */
export interface Target {
  method: 'tools/call' | 'resources/read' | 'prompts/get';
  /** The name of the tool or the prompt, or the URI of the resource. */
  key: string;
  /** The arguments of a tool. */
  args: unknown;
}

/** The parameter with the name or URI, for each method that has one. */
const KEYS: Record<Target['method'], string> = {
  'tools/call': 'name',
  'resources/read': 'uri',
  'prompts/get': 'name',
};

const isMethod = (method: unknown): method is Target['method'] =>
  typeof method === 'string' && Object.hasOwn(KEYS, method);

/** Returns the messages of a body, which is one message or a batch of them. */
export const messagesOf = (body: unknown): unknown[] => (Array.isArray(body) ? body : [body]);

/** Returns what a message asks for; `null` for a message of another kind. */
export function targetOf(message: unknown): Target | null {
  if (!isPlainObject(message)) return null;
  const { method, params } = message;
  if (!isMethod(method) || !isPlainObject(params)) return null;
  const key = params[KEYS[method]];
  return typeof key === 'string' ? { method, key, args: params['arguments'] } : null;
}

/**
 * Checks the number of messages in a batch, and that a client can tell their responses apart.
 * @throws {ApiError} BAD_REQUEST
 */
export function checkBatch(messages: readonly unknown[], maxSize: number): void {
  if (messages.length > maxSize) {
    throw new CoreError('BAD_REQUEST', { detail: `A batch can have at most ${maxSize} messages.` });
  }
  const ids = new Set<unknown>();
  for (const message of messages) {
    if (!isPlainObject(message) || !('method' in message) || !('id' in message)) continue;
    if (ids.has(message['id'])) {
      const detail = 'Two requests of the batch have the same id. Each of them needs its own.';
      throw new CoreError('BAD_REQUEST', { detail });
    }
    ids.add(message['id']);
  }
}

/**
 * Checks the number of values of a message. The arguments of a known tool are not counted, because they have the limit
 * of their procedure.
 * @throws {ApiError} BAD_REQUEST
 */
export function checkSize(message: unknown, isTool: (name: string) => boolean): void {
  const target = targetOf(message);
  const isKnown = target?.method === 'tools/call' && isTool(target.key);
  const values = countValues(message) - (isKnown ? countValues(target.args) : 0);
  if (values > MAX_JSON_VALUES) throw tooMany(MAX_JSON_VALUES);
}
