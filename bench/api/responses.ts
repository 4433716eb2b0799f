import { isDeepStrictEqual } from 'node:util';
import superjson from 'superjson';
import { z } from 'zod';
import type { Wire } from './calls.ts';

const UNAUTHORIZED = 401;

const TrpcResult = z.object({ result: z.object({ data: z.unknown() }) });
const TrpcBatch = z.tuple([TrpcResult]);
/** A line of a streamed batch with a value; earlier lines say where it belongs. */
const TrpcLine = z.tuple([z.number(), z.number(), z.tuple([z.tuple([z.unknown()])])]);

const ORPC_DATE = 1;
/** Plain JSON, and in `meta` the type (a number) and the path of each value that JSON cannot express. */
const OrpcResponse = z.object({
  json: z.unknown(),
  meta: z.array(z.tuple([z.literal(ORPC_DATE)], z.union([z.string(), z.number()]))),
});

const McpResult = z.object({
  result: z.object({ isError: z.literal(true).optional(), structuredContent: z.unknown().optional() }),
});

/** Returns the message of MCP in a response: the whole of it, or the data of its only event. */
const mcpResultIn = (text: string) =>
  McpResult.parse(JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text)).result;

/**
 * True if a response has all the expected data, with dates as dates, or as ISO 8601 text in REST.
 * @param text the body.
 */
export function isExpected(expected: object, wire: Wire, text: string): boolean {
  if (wire === 'trpc-jsonl') return isInLines(expected, text);
  const plain: unknown = JSON.parse(JSON.stringify(expected));
  if (isMcp(wire)) return isDeepStrictEqual(mcpResultIn(text).structuredContent, plain);
  const body: unknown = JSON.parse(text);
  if (wire === 'rest') return isDeepStrictEqual(body, plain);
  if (wire === 'trpc') return isInResult(expected, TrpcResult.parse(body));
  if (wire === 'trpc-batch') return isInResult(expected, TrpcBatch.parse(body)[0]);
  const { json, meta } = OrpcResponse.parse(body);
  const dates = meta.map(([, ...path]) => path.join('.'));
  return (
    isDeepStrictEqual(json, plain) && isDeepStrictEqual(dates.toSorted(), pathsOfDates(expected).toSorted())
  );
}

const isMcp = (wire: Wire): boolean => wire === 'mcp' || wire === 'mcp-legacy';

/** True if a response rejects an invalid input. Over MCP, an error of a tool has the status 200. */
export function isInvalidInput(wire: Wire, status: number, text: string): boolean {
  return isMcp(wire) ? mcpResultIn(text).isError === true : status >= 400 && status <= 499;
}

/** True if a response rejects its caller as unknown. A streamed batch says so in its body, after the status 200. */
export function isUnauthorized(wire: Wire, status: number, text: string): boolean {
  return status === UNAUTHORIZED || (wire === 'trpc-jsonl' && text.includes(`"httpStatus":${UNAUTHORIZED}`));
}

function isInResult(expected: object, { result }: z.output<typeof TrpcResult>): boolean {
  return isDeepStrictEqual(superjson.parse(JSON.stringify(result.data)), expected);
}

function isInLines(expected: object, text: string): boolean {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.some((line) => {
    const value = TrpcLine.safeParse(superjson.parse(line));
    return value.success && isDeepStrictEqual(value.data[2][0][0], expected);
  });
}

/** Returns the paths of all dates in a value. */
function pathsOfDates(value: unknown, path: string[] = []): string[] {
  if (value instanceof Date) return [path.join('.')];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => pathsOfDates(each, [...path, name]));
}
