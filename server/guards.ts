import type { Env } from '#server/env';
import { AppError } from '#server/errors';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

function hostOf(origin: string): string | null {
  return URL.parse(origin)?.host ?? null;
}

/** The hosts this server is reached by: the one of the request, and the public one. */
function ownHosts(request: Request, env: Env): (string | null)[] {
  const forwarded = env.TRUST_PROXY ? request.headers.get('x-forwarded-host') : null;
  return [forwarded, request.headers.get('host'), env.APP_URL === undefined ? null : hostOf(env.APP_URL)];
}

/**
 * Refuses what a page of another origin has a browser send: a browser adds the cookies by itself, so a cookie alone
 * does not prove that the user meant it. Requests with an Authorization header prove it by having that header.
 * Reads `Origin` and `Sec-Fetch-Site` (https://www.w3.org/TR/fetch-metadata/); other clients send neither.
 * @throws {AppError} CROSS_ORIGIN
 */
export function refuseCrossOrigin(request: Request, env: Env): void {
  if (SAFE_METHODS.has(request.method) || request.headers.has('authorization')) return;
  const origin = request.headers.get('origin');
  if (origin !== null) {
    if (ownHosts(request, env).includes(hostOf(origin) ?? origin)) return;
    throw new AppError('CROSS_ORIGIN', { detail: `Requests from ${origin.slice(0, 200)} are not accepted.` });
  }
  const site = request.headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin' && site !== 'none') throw new AppError('CROSS_ORIGIN');
}
