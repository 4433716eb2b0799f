/** Returns an absolute URL, or `null` for a text that is none, as `URL.parse` does, which Node 20 does not have. */
export function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
