import { createHash } from 'node:crypto';

/** What a page's own policy is made of. */
export interface PagePolicyOptions {
  /** The nonce that the scripts and style elements of this response carry. */
  nonce: string;
  /** The inline scripts and style elements of pages that were rendered by the build, as `hashesOf` returns them. */
  prerendered: PageHashes;
  isDevelopment: boolean;
}

/** Hash sources of the inline content of prerendered pages (Content Security Policy Level 3, section 2.3.1). */
export interface PageHashes {
  scripts: string[];
  styles: string[];
}

/** What every policy says: no page can frame a document, and its base and its forms stay on this site. */
const BASE = ["default-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"];
const STYLE_ATTRIBUTES = "style-src-attr 'unsafe-inline'";

/** The policy of pages that the server writes by itself: they have no script, no style sheet and no picture. */
export const PLAIN_POLICY = [...BASE, STYLE_ATTRIBUTES].join('; ');

/**
 * Returns the Content-Security-Policy of a page. No inline script runs without the nonce, and nothing is loaded or called
 * outside this site. In development it is looser: the tools of Next.js evaluate code, add style elements of their own and
 * keep a WebSocket.
 */
export function pagePolicy({ nonce, prerendered, isDevelopment }: PagePolicyOptions): string {
  const own = (hashes: string[]) => ["'self'", `'nonce-${nonce}'`, ...hashes].join(' ');
  return [
    ...BASE,
    `script-src ${own(prerendered.scripts)}${isDevelopment ? " 'unsafe-eval'" : ''}`,
    // A nonce would turn 'unsafe-inline' off.
    `style-src ${isDevelopment ? "'self' 'unsafe-inline'" : own(prerendered.styles)}`,
    STYLE_ATTRIBUTES,
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${isDevelopment ? ' ws: wss:' : ''}`,
  ].join('; ');
}

/** Returns the hash sources of the inline scripts and style elements of a page. @param html as Next.js renders it. */
export function hashesOf(html: string): PageHashes {
  return { scripts: hashSources(html, 'script'), styles: hashSources(html, 'style') };
}

function hashSources(html: string, tag: string): string[] {
  const elements = html.matchAll(new RegExp(`<${tag}(?:\\s[^>]*)?>([^]*?)</${tag}>`, 'g'));
  return Array.from(elements, ([, content = '']) => content)
    .filter((content) => content !== '')
    .map(hashSource);
}

const hashSource = (content: string) => `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
