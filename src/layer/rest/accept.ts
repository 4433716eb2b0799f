import type { Call } from '../call/call.ts';
import { CoreError } from '../errors/api-error.ts';
import type { Endpoint } from './endpoint.ts';
import { LINES_TYPE } from './streaming.ts';

/**
 * The media type to answer a call with: the one its Accept header wants most, else the first there is.
 * @throws {ApiError} NOT_ACCEPTABLE when it wants none.
 */
export function negotiate({ produces, rest }: Endpoint, call: Pick<Call, 'header'>): string | null {
  if (produces === null) return null;
  const accept = call.header('accept');
  const [first, second] = rest.sse
    ? [acceptQuality(accept, produces), acceptQuality(accept, LINES_TYPE)]
    : [acceptQuality(accept, produces), 0];
  if (second > first) return LINES_TYPE;
  // Problem documents are JSON too, so whoever takes those can read what JSON endpoints answer.
  const isJson = produces === 'application/json';
  if (first > 0 || (isJson && acceptQuality(accept, 'application/problem+json') > 0)) return produces;
  const types = rest.sse ? `${produces} or ${LINES_TYPE}` : produces;
  throw new CoreError('NOT_ACCEPTABLE', { detail: `This path answers with ${types}; accept that.` });
}

/** How wanted a media range is, and how exactly it names the type: 0 for any, 1 for `type/*`, 2 for the type. */
interface Match {
  quality: number;
  precision: 0 | 1 | 2;
}

/**
 * How much a caller wants a media type, from 0 (not acceptable) to 1, by the most specific range of its Accept
 * header (RFC 9110, section 12.5.1). Without the header everything is welcome; what cannot be read is skipped.
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
