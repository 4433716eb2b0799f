/** Returns the path of a server's URL, which may be relative, without a slash at its end. */
export function pathname(url: string): string {
  const path = url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/i, '').replace(/[?#].*$/, '');
  return path.replace(/\/+$/, '');
}
