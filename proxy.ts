import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type NextRequest, NextResponse } from 'next/server';
import { isPublicPage, removeCredentials } from '#server/pages/public';
import { LANGUAGE_COOKIE, LOCALE_HEADER, localeFor } from '#src/locales/languages.ts';
import { hashesOf, type PageHashes, pagePolicy } from '#server/pages/policy';

const NONCE_BYTES = 16;
const CSP = 'content-security-policy';
// eslint-disable-next-line no-restricted-properties -- not a setting: Next.js replaces it by its value in the build.
const isDevelopment = process.env.NODE_ENV === 'development';

/** Returns the hashes of the page that Next.js renders in the build and sends if it cannot render another page. */
function prerenderedHashes(): PageHashes {
  try {
    return hashesOf(readFileSync(join(process.cwd(), '.next/server/pages/500.html'), 'utf8'));
  } catch {
    // The file does not exist in development or on some hosts. Then its script, which only reloads, is blocked.
    return { scripts: [], styles: [] };
  }
}

let prerendered: PageHashes | undefined;

/**
 * Sets the Content-Security-Policy of each page, on every host of Next.js. The page reads the nonce from the request
 * header `x-nonce`. Next.js reads it from the policy in the request headers and adds it to its own scripts. Chooses the
 * language of the page. A public page does not see the credentials of its reader.
 */
export function proxy(request: NextRequest): NextResponse {
  const nonce = randomBytes(NONCE_BYTES).toString('base64');
  const policy = pagePolicy({
    nonce,
    prerendered: (prerendered ??= prerenderedHashes()),
    isDevelopment,
  });
  const headers = new Headers(request.headers);
  const chosen = request.cookies.get(LANGUAGE_COOKIE)?.value;
  headers.set(LOCALE_HEADER, localeFor(chosen, request.headers.get('accept-language')));
  if (isPublicPage(request.nextUrl.pathname)) removeCredentials(headers);
  headers.set('x-nonce', nonce);
  headers.set(CSP, policy);
  return NextResponse.next({ request: { headers }, headers: { [CSP]: policy } });
}

/** Matches pages, but not the API, the reference that it serves, or files of the build. */
export const config = { matcher: '/((?!api/|docs(?:/|$)|llms\\.txt$|\\.well-known/|_next/|icon\\.svg$).*)' };
