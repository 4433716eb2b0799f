/** Returns the nonce of the document. It does not change after the document was loaded. */
export function pageNonce(): string | undefined {
  return document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce;
}
