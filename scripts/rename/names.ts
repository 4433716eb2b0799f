/** The names of a product in all the forms in which texts have them (see src/contract/product.ts). */
export interface Names {
  /** For people, such as `Acme Cloud`. */
  name: string;
  /** For classes, such as `AcmeCloud`. */
  identifier: string;
  /** For packages and cookies, such as `acmecloud`. */
  slug: string;
  /** The beginning of API keys, such as `acme_`. */
  keyPrefix: string;
}

/**
 * Returns the names of a product called `name`.
 * @throws {Error} if a name cannot be used in all places.
 */
export function namesOf(name: string, keyPrefix: string): Names {
  if (!/^[A-Za-z][A-Za-z0-9]*( [A-Za-z0-9]+)*$/.test(name)) {
    throw new Error(
      `--name must be words of English letters and digits, such as "Acme Cloud"; got "${name}".`,
    );
  }
  if (!/^[a-z][a-z0-9]*_$/.test(keyPrefix)) {
    throw new Error(
      `--key-prefix must be lowercase letters and digits with a final "_", such as acme_; got "${keyPrefix}".`,
    );
  }
  const identifier = name
    .split(' ')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
  return { name, identifier, slug: identifier.toLowerCase(), keyPrefix };
}

/** Returns a function that replaces the names in a path. */
export const renamePath =
  (from: Names, to: Names) =>
  (path: string): string =>
    path.replaceAll(from.slug, to.slug);

/** Returns a function that replaces the names in the text of a file. */
export function renameText(from: Names, to: Names): (path: string, text: string) => string {
  const prefix = new RegExp(`\\b${from.keyPrefix}`, 'g');
  // Examples call a client of the SDK by the prefix without its underscore, and so do variables of CSS.
  const short = new RegExp(`\\b${from.keyPrefix.slice(0, -1)}\\b`, 'g');
  const inCode = (text: string, name: string) =>
    text
      .replaceAll(from.name, name)
      .replaceAll(from.identifier, name)
      .replaceAll(from.identifier.toUpperCase(), to.identifier.toUpperCase())
      .replaceAll(from.slug, to.slug);
  const withPrefix = (text: string) =>
    text.replaceAll(prefix, to.keyPrefix).replaceAll(short, to.keyPrefix.slice(0, -1));
  return (path, text) => {
    // The hashes of packages are random text, which may contain the prefix by chance.
    if (path.endsWith('package-lock.json')) return inCode(text, to.identifier);
    if (!path.endsWith('.md')) return withPrefix(inCode(text, to.identifier));
    return withPrefix(
      text
        .split(/(```[^]*?```|`[^`\n]*`)/)
        .map((part) => inCode(part, part.startsWith('`') ? to.identifier : to.name))
        .join(''),
    );
  };
}
