const ENTITIES: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

/** Replaces the entities of a text. */
const decoded = (text: string): string =>
  text.replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{1,4}));/gi, (entity, decimal, hex, name) => {
    const code = typeof decimal === 'string' ? Number(decimal) : parseInt(String(hex), 16);
    if (name === undefined) return code <= 0x10ffff ? String.fromCodePoint(code) : entity;
    return ENTITIES[String(name)] ?? entity;
  });

/**
 * Returns the contents of all elements of that name. The documents of S3 have no attributes with `>`, no comments, and no
 * element within one of the same name.
 */
export const elements = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([^]*?)</${name}>`, 'g'))].map(
    ([, content = '']) => content,
  );

/** Returns the text of the first element of that name. */
export function textOf(xml: string, name: string): string | undefined {
  const [content] = elements(xml, name);
  return content === undefined ? undefined : decoded(content);
}

/** Escapes a text for an element. */
export const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
