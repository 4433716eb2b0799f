/** Returns the nonce of the document in the browser, which stays what it was when the document was loaded. */
export function pageNonce(): string | undefined {
  return document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce;
}
