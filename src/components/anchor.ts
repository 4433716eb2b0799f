/** Returns the id of a section with a title, for links to it: `api-keys` for "API keys". */
export function anchorOf(title: string): string {
  return title.toLowerCase().replaceAll(' ', '-');
}
