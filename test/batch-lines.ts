import { z } from 'zod';

const Placeholder = z.tuple([z.union([z.string(), z.null()]), z.number(), z.number()]);
const Value = z.tuple([z.array(z.unknown())]).rest(Placeholder);
const Line = z.tuple([z.number(), z.number(), z.unknown()]);
/** What superjson puts around a line. */
const Wrapped = z.object({ json: z.unknown(), meta: z.unknown() }).partial({ meta: true });

/** The line of a streamed batch. */
interface Parsed {
  state: number;
  value: unknown;
  meta: unknown;
}

/**
 * Returns the content of a streamed batch without the order of its lines and without their ids: each placeholder is
 * replaced by the lines that it stands for.
 */
export function resolvedLines(text: string): unknown {
  const [first = '', ...others] = text.split('\n').filter((line) => line.trim() !== '');
  const lines = new Map<number, Parsed[]>();
  for (const text of others) {
    const { json, meta } = unwrap(JSON.parse(text));
    const [id, state, value] = Line.parse(json);
    lines.set(id, [...(lines.get(id) ?? []), { state, value, meta }]);
  }
  function resolve(encoded: unknown): unknown {
    const parsed = Value.safeParse(encoded);
    // The shape of an error that ended a promise or an iterable.
    if (!parsed.success) return encoded;
    const [value, ...placeholders] = parsed.data;
    return [value, ...placeholders.map(([key, kind, id]) => [key, kind, linesOf(id)])];
  }
  const linesOf = (id: number): unknown =>
    (lines.get(id) ?? []).map(({ state, value, meta }) => ({ state, value: resolve(value), meta }));
  const head = z.record(z.string(), z.unknown()).parse(unwrap(JSON.parse(first)).json);
  return Object.fromEntries(Object.entries(head).map(([call, encoded]) => [call, resolve(encoded)]));
}

function unwrap(line: unknown): { json: unknown; meta?: unknown } {
  const wrapped = Array.isArray(line) ? undefined : Wrapped.safeParse(line).data;
  return wrapped?.json === undefined ? { json: line } : wrapped;
}

/** True if a text is a streamed batch. */
export const isBatchOfLines = (text: string): boolean => /^\s*(\{"json":)?\{"0":\[\[0\],/.test(text);
