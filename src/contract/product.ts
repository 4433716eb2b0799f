/**
 * The names of the product, for pages, messages, documents and the SDK. `npm run rename` changes them here and in the
 * texts that cannot import them, such as the docs (docs/make-it-yours.md).
 */
export const PRODUCT = {
  /** The name that people read: in titles, messages and documents. It may have spaces. */
  name: 'Switchboard',
  /** The name as an identifier: the class of the SDK and the beginning of its types. */
  identifier: 'Switchboard',
  /**
   * The name in lowercase letters and digits: in the names of packages, cookies and downloads. Changing it makes the
   * browsers of all users unknown to the limit of sign-in attempts; they stay signed in.
   */
  slug: 'switchboard',
  /** The beginning of API keys. Keys with another beginning are rejected, so changing it revokes all existing keys. */
  keyPrefix: 'sb_',
} as const;
