import { createHash } from 'node:crypto';

/** The parts of a page's policy. */
export interface PagePolicyOptions {
  /** The nonce of the scripts and style elements of this response. */
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

/** Part of every policy: no page can frame a document, and its base and its forms stay on this site. */
const BASE = ["default-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"];
const STYLE_ATTRIBUTES = "style-src-attr 'unsafe-inline'";

/** The policy of pages that the server writes by itself. They have no script, no style sheet and no image. */
export const PLAIN_POLICY = [...BASE, STYLE_ATTRIBUTES].join('; ');

/**
 * Returns the Content-Security-Policy of a page. No inline script runs without the nonce, and the page cannot load from
 * or connect to other sites. In development it is less strict, because the tools of Next.js evaluate code, add their
 * own style elements and use a WebSocket.
 */
export function pagePolicy({ nonce, prerendered, isDevelopment }: PagePolicyOptions): string {
  const own = (hashes: string[]) => ["'self'", `'nonce-${nonce}'`, ...hashes].join(' ');
  return [
    ...BASE,
    `script-src ${own(prerendered.scripts)}${isDevelopment ? " 'unsafe-eval'" : ''}`,
    // No nonce in development, because a nonce would disable 'unsafe-inline'.
    `style-src ${isDevelopment ? "'self' 'unsafe-inline'" : own(prerendered.styles)}`,
    STYLE_ATTRIBUTES,
    "img-src 'self' data:",
    "font-src 'self'",
    "manifest-src 'self'",
    `connect-src 'self'${isDevelopment ? ' ws: wss:' : ''}`,
  ].join('; ');
}

/** Returns the hash sources of a page's inline scripts and style elements. @param html the page from Next.js. */
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
