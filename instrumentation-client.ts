/** Runs in the browser before all other scripts, so that the page does not violate its Content-Security-Policy. */
import { pageNonce } from '#src/components/page-nonce.ts';

declare global {
  /**
   * The nonce of style elements that packages create. The name comes from webpack, and react-remove-scroll reads it.
   */
  var __webpack_nonce__: string | undefined;
  /** The settings of zod, which the AI SDK loads with the first answer. `config` of zod would load it with each page. */
  var __zod_globalConfig: { jitless?: boolean } | undefined;
}

globalThis.__webpack_nonce__ = pageNonce();
// Otherwise zod would test whether it can evaluate code, which the browser reports as a violation.
globalThis.__zod_globalConfig = { jitless: true };
