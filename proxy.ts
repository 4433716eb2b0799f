import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type NextRequest, NextResponse } from 'next/server';
import { hashesOf, type PageHashes, pagePolicy } from '#server/pages/policy';

const NONCE_BYTES = 16;
const CSP = 'content-security-policy';
// eslint-disable-next-line no-restricted-properties -- not a setting here: Next.js writes its value into the build.
const isDevelopment = process.env.NODE_ENV === 'development';

/** The page that Next.js renders at the build, and sends when it cannot render another one. */
function prerenderedHashes(): PageHashes {
  try {
    return hashesOf(readFileSync(join(process.cwd(), '.next/server/pages/500.html'), 'utf8'));
  } catch {
    // There is none in development, and some hosts keep it elsewhere. Its script, which only reloads, then does not run.
    return { scripts: [], styles: [] };
  }
}

let prerendered: PageHashes | undefined;

/**
 * Gives each page its Content-Security-Policy, under every host of Next.js. The nonce goes to the page in `x-nonce`, and to
 * Next.js, which puts it on its own scripts, in the policy as a header of the request.
 */
export function proxy(request: NextRequest): NextResponse {
  const nonce = randomBytes(NONCE_BYTES).toString('base64');
  const policy = pagePolicy({
    nonce,
    prerendered: (prerendered ??= prerenderedHashes()),
    isDevelopment,
  });
  const headers = new Headers(request.headers);
  headers.set('x-nonce', nonce);
  headers.set(CSP, policy);
  return NextResponse.next({ request: { headers }, headers: { [CSP]: policy } });
}

/** Pages, and nothing that is the same for everybody: no call of the API, no file of the build. */
export const config = { matcher: '/((?!api/|_next/|icon\\.svg$).*)' };
