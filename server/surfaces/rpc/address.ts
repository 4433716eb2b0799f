import type { Callable } from '#server/call';
import type { Call } from '#server/surfaces/surface';

/** What a request calls. */
export interface Targets {
  /** In the order of the request; more than one only in a batch. */
  targets: Callable[];
  /** Of all of them. */
  type: Callable['type'];
  isBatch: boolean;
}

const TYPES: Record<string, Callable['type']> = { GET: 'query', POST: 'mutation' };

/**
 * The procedures that a request calls in the common way: queries by GET or mutations by POST, one or many, with JSON.
 * @returns `null` for any other request.
 */
export function findTargets(
  callables: ReadonlyMap<string, Callable>,
  { request, url: { pathname, searchParams } }: Pick<Call, 'request' | 'url'>,
  endpoint: string,
): Targets | null {
  const { method, headers } = request;
  const type = TYPES[method];
  const mediaType = headers.get('content-type') ?? (method === 'GET' ? 'application/json' : '');
  if (!type || !mediaType.startsWith('application/json') || wantsStream(headers)) return null;
  if (searchParams.has('connectionParams')) return null;
  const isBatch = searchParams.get('batch') === '1';
  const path = decodeURIComponent(pathname.slice(endpoint.length + 1));
  const targets: Callable[] = [];
  for (const name of isBatch ? path.split(',') : [path]) {
    const callable = callables.get(name);
    if (callable?.type !== type) return null;
    targets.push(callable);
  }
  return { targets, type, isBatch };
}

/** tRPC's clients ask for an answer in pieces by either header. */
const wantsStream = (headers: Headers) =>
  headers.has('trpc-accept') || headers.get('accept')?.includes('application/jsonl') === true;
