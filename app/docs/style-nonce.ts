import { pageNonce } from '#src/components/page-nonce.ts';

/**
 * Scalar and its editor add style elements to the document and have no option for a nonce. So each style element that a
 * script creates gets the nonce of the page. Style elements in injected markup do not.
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
