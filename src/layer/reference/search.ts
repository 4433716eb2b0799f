/** A page as the search knows it. */
export interface IndexEntry {
  kind: 'query' | 'mutation' | 'subscription' | 'router' | 'guide' | 'error';
  /** The name for programs, such as `things.get`. */
  name: string;
  /** What it is, in words; `''` if nothing more can be said. */
  title: string;
  /** The path below that of the reference. */
  path: string;
}

/** Returns an entry for the index without what the script adds: an empty title, and a path that follows from the name. */
export const abridged = ({ kind, name, title, path }: IndexEntry): Partial<IndexEntry> => ({
  ...{ kind, name },
  ...(title !== '' && { title }),
  ...(path !== name.replaceAll('.', '/') && { path }),
});

/** The longest list of results. */
const MAX_RESULTS = 30;

/**
 * Returns the pages that have all words of a query in their name or title, best first. The script of the pages does the
 * same.
 */
export function search(entries: readonly IndexEntry[], query: string): IndexEntry[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const ranked = entries.flatMap((entry) => {
    const name = entry.name.toLowerCase();
    const text = `${name} ${entry.title.toLowerCase()}`;
    if (!words.every((word) => text.includes(word))) return [];
    const rank = words.reduce(
      (sum, word) => sum + (name === word ? 8 : name.startsWith(word) ? 4 : name.includes(word) ? 2 : 1),
      0,
    );
    return [{ entry, rank }];
  });
  return ranked
    .sort((a, b) => b.rank - a.rank)
    .slice(0, MAX_RESULTS)
    .map(({ entry }) => entry);
}
