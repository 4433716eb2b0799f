import { redirectProblem } from '#contract/redirect-uri';
import type { FetchMetadata } from './provider.ts';

/** True for a redirect URI that a metadata document can have: of the web, or with a scheme that is a domain in reverse. */
const isUsable = (uri: unknown): boolean =>
  typeof uri === 'string' && redirectProblem(uri) === null && /^(?:https?:|[^:]*\.)/.test(uri);

/** Returns the text of a metadata document without the redirect URIs that are not usable. */
function withoutUnusable(text: string): string {
  const document: unknown = JSON.parse(text);
  if (typeof document !== 'object' || document === null || !('redirect_uris' in document)) return text;
  const { redirect_uris: uris } = document;
  return Array.isArray(uris) ? JSON.stringify({ ...document, redirect_uris: uris.filter(isUsable) }) : text;
}

/**
 * Returns a function that fetches metadata documents without redirect URIs that are not usable here. better-auth rejects
 * the whole document because of one of them, and documents list those of all editions of an application.
 */
export const withUsableRedirects =
  (fetchMetadata: FetchMetadata): FetchMetadata =>
  async (...request) => {
    const response = await fetchMetadata(...request);
    if (response.status !== 200) return response;
    const text = await response.text();
    const headers = new Headers(response.headers);
    headers.delete('content-length');
    let usable = text;
    try {
      usable = withoutUnusable(text);
    } catch {
      // better-auth reports that it is no JSON.
    }
    return new Response(usable, { status: response.status, headers });
  };
