/** The headers by which a browser or a program says who it is. */
const CREDENTIALS = ['cookie', 'authorization'];

/** True for a page that is the same for every reader. The server does not identify them. */
export const isPublicPage = (path: string): boolean => path.startsWith('/share/');

/** Removes what would tell who sends a request. */
export function removeCredentials(headers: Headers): void {
  for (const name of CREDENTIALS) headers.delete(name);
}
