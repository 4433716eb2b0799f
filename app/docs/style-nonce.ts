import { pageNonce } from '#src/components/page-nonce.ts';

/**
 * Scalar and its editor add style elements to the document, and take no nonce for them. While the document lives, each
 * style element that a script makes gets the nonce of the page; markup that was slipped into the page does not.
 */
const createElement: unknown = Reflect.get(document, 'createElement');
if (typeof createElement === 'function') {
  Reflect.set(document, 'createElement', (...values: unknown[]): unknown => {
    const element: unknown = Reflect.apply(createElement, document, values);
    const nonce = element instanceof HTMLStyleElement ? pageNonce() : undefined;
    if (element instanceof HTMLStyleElement && nonce !== undefined) element.nonce = nonce;
    return element;
  });
}
