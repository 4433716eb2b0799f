import type { Call } from '../call/call.ts';
import { CoreError } from '../errors/api-error.ts';
import type { Endpoint } from './endpoint.ts';
import { LINES_TYPE } from './streaming.ts';

/**
 * Returns the media type of the response: the one that the Accept header prefers, or the first one of the endpoint.
 * @returns `null` if a response of the endpoint has no body.
 * @throws {ApiError} NOT_ACCEPTABLE if the Accept header excludes every type of the endpoint.
 */
export function negotiate({ produces, rest }: Endpoint, call: Pick<Call, 'header'>): string | null {
  if (produces === null) return null;
  const accept = call.header('accept');
  const [first, second] = rest.sse
    ? [acceptQuality(accept, produces), acceptQuality(accept, LINES_TYPE)]
    : [acceptQuality(accept, produces), 0];
  if (second > first) return LINES_TYPE;
  // Problem documents are JSON, so a client that accepts them can read any JSON response.
  const isJson = produces === 'application/json';
  if (first > 0 || (isJson && acceptQuality(accept, 'application/problem+json') > 0)) return produces;
  const types = rest.sse ? `${produces} or ${LINES_TYPE}` : produces;
  throw new CoreError('NOT_ACCEPTABLE', {
    detail: `This path responds with ${types}. Add it to the Accept header.`,
  });
}

/** A media range that matches a type. */
interface Match {
  quality: number;
  /** 0 for any type, 1 for `type/*`, 2 for the exact type. */
  precision: 0 | 1 | 2;
}

/**
 * Returns the quality of a media type, from 0 (not acceptable) to 1, by the most specific range of an Accept header
 * (RFC 9110, section 12.5.1). Without the header, it is 1. Ranges that are not valid are skipped.
 */
export function acceptQuality(accept: string | null, type: string): number {
  if (!accept?.trim()) return 1;
  let best: Match | undefined;
  for (const range of accept.split(',')) {
    const match = matchRange(range, type);
    if (match && (!best || match.precision > best.precision)) best = match;
  }
  return best?.quality ?? 0;
}

function matchRange(range: string, type: string): Match | undefined {
  const [name, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const [main] = type.split('/');
  const precision = name === type ? 2 : name === `${main}/*` ? 1 : name === '*/*' ? 0 : undefined;
  if (precision === undefined) return undefined;
  const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
  return /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(weight) ? { quality: Number(weight), precision } : undefined;
}
