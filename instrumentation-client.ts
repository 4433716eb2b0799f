/** Runs in the browser before all other scripts, so that the page does not violate its Content-Security-Policy. */
import { config } from 'zod/v4/core';
import { pageNonce } from '#src/components/page-nonce.ts';

declare global {
  /**
   * The nonce of style elements that packages create. The name comes from webpack, and react-remove-scroll reads it.
   */
  var __webpack_nonce__: string | undefined;
}

globalThis.__webpack_nonce__ = pageNonce();
// Otherwise zod would test whether it can evaluate code, which the browser reports as a violation.
config({ jitless: true });
