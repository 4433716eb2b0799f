/** What the browser runs before anything else of a page, so that the page keeps to its Content-Security-Policy. */
import { config } from 'zod/v4/core';
import { pageNonce } from '#src/components/page-nonce.ts';

declare global {
  /** The nonce of style elements that packages make; the name is webpack's, and react-remove-scroll reads it. */
  var __webpack_nonce__: string | undefined;
}

globalThis.__webpack_nonce__ = pageNonce();
// zod would try whether it may evaluate code, which the browser reports.
config({ jitless: true });
