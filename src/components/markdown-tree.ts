import type { Element, ElementContent, Root, RootContent, Text } from 'hast';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import remarkRehype from 'remark-rehype';
import remend from 'remend';
import { unified } from 'unified';
import { remarkMaths } from './math-syntax.ts';

const processor = unified()
  .use(remarkParse)
  .use(remarkGfm)
  .use(remarkMaths)
  .use(remarkRehype, {
    allowDangerousHtml: true,
    clobberPrefix: '',
    // The number of the footnote, and that of its reference after the first one.
    footnoteBackLabel: (index, reference) => `${index + 1}${reference > 1 ? `-${reference}` : ''}`,
  });

/** The text around a piece of Markdown. */
export interface Surroundings {
  /** Begins the ids of its footnotes, so that they are unique in the page. */
  prefix: string;
  /** The labels of the footnotes of the whole text, in the order of their numbers. */
  notes: readonly string[];
  /** True if the piece shows footnotes, and not the text that refers to them. */
  isNotes: boolean;
}

/** The protocols of links. Anything else may run code or read local files. */
const PROTOCOLS = new Set(['http:', 'https:', 'mailto:']);
const BLOCKS = new Set(['ul', 'ol', 'p', 'pre', 'blockquote', 'table', 'div']);

/** True if a page may link to the URL. Paths of other pages than this site's cannot be resolved. */
function isSafe(url: unknown): boolean {
  if (typeof url !== 'string') return false;
  if (/^(#|\/(?!\/))/.test(url)) return true;
  try {
    return PROTOCOLS.has(new URL(url).protocol);
  } catch {
    return false;
  }
}

/** Returns the label in the id or the address of a footnote, such as `#fn-a%20b`. */
function labelIn(address: unknown, start: string): string | null {
  if (typeof address !== 'string' || !address.startsWith(start)) return null;
  try {
    return decodeURIComponent(address.slice(start.length));
  } catch {
    return null;
  }
}

/**
 * Converts a reference to a footnote, and a link back from it. The value of its property is the number that its label
 * has. Returns null for other links.
 */
function footnoteLink({ properties, ...link }: Element, { prefix, notes }: Surroundings): Element | null {
  const { dataFootnoteRef, dataFootnoteBackref, href, id, ariaLabel } = properties;
  if (dataFootnoteRef === undefined && dataFootnoteBackref === undefined) return null;
  const target = `#${prefix}${String(href).slice(1)}`;
  if (dataFootnoteRef === undefined) {
    return { ...link, properties: { href: target, dataFootnoteBackref: String(ariaLabel) } };
  }
  const number = notes.indexOf(labelIn(href, '#fn-') ?? '') + 1;
  return {
    ...link,
    properties: { href: target, id: prefix + String(id), dataFootnoteRef: String(number) },
    children: [{ type: 'text', value: String(number) }],
  };
}

/** Returns the list of footnotes, which continues the numbers of an earlier piece. */
function footnotes(section: Element, { prefix, notes }: Surroundings): Element {
  const list = section.children.find(
    (child): child is Element => child.type === 'element' && child.tagName === 'ol',
  );
  const items = list?.children.filter((child): child is Element => child.type === 'element') ?? [];
  const first = notes.indexOf(labelIn(items[0]?.properties['id'], 'fn-') ?? '') + 1;
  for (const item of items) item.properties['id'] = prefix + String(item.properties['id']);
  return {
    ...section,
    properties: { dataFootnotes: true },
    children: [{ type: 'element', tagName: 'ol', properties: { start: first }, children: items }],
  };
}

/** Puts a checkbox and its text into a label, without the blocks below them. */
function labelTask(item: Element): void {
  const [first] = item.children;
  const parent = first?.type === 'element' && first.tagName === 'p' ? first : item;
  const end = parent.children.findIndex((child) => child.type === 'element' && BLOCKS.has(child.tagName));
  const labelled = parent.children.splice(0, end === -1 ? parent.children.length : end);
  parent.children.unshift({ type: 'element', tagName: 'label', properties: {}, children: labelled });
}

const isTask = ({ tagName, properties: { className } }: Element) =>
  tagName === 'li' && Array.isArray(className) && className.includes('task-list-item');

/** Returns nodes in the form in which a page shows them. */
function shown(nodes: readonly RootContent[], surroundings: Surroundings): ElementContent[] {
  return nodes.flatMap((node): ElementContent[] => {
    // HTML in an answer is shown as text.
    if (node.type === 'raw') return [{ type: 'text', value: node.value }];
    if (node.type === 'doctype') return [];
    if (node.type !== 'element') return [node];
    const { tagName, properties } = node;
    const element = { ...node, children: shown(node.children, surroundings) };
    if (tagName === 'section') return surroundings.isNotes ? [footnotes(element, surroundings)] : [];
    if (tagName === 'img' && !isSafe(properties['src'])) {
      return [{ type: 'text', value: String(properties['alt']) }];
    }
    if (tagName === 'a') {
      const link = footnoteLink(element, surroundings);
      if (link) return [link];
      return isSafe(properties['href']) ? [element] : element.children;
    }
    if (isTask(element)) labelTask(element);
    return [element];
  });
}

/** Parses a piece of Markdown, with the elements and links that are safe to show. */
export function treeOf(text: string, surroundings: Surroundings): Root {
  const parsed = processor.runSync(processor.parse(text));
  const blocks = shown(parsed.children, surroundings);
  const children = surroundings.isNotes ? blocks.filter(isSection) : blocks.map(inOwnDirection);
  return { type: 'root', children };
}

const isSection = (node: ElementContent) => node.type === 'element' && node.tagName === 'section';

/** Lets each block run in the direction of its first letter. A text of HTML becomes a block. */
function inOwnDirection(node: ElementContent): ElementContent {
  const properties = { dir: 'auto' };
  if (node.type === 'element') return { ...node, properties: { ...node.properties, ...properties } };
  if (node.type !== 'text' || node.value.trim() === '') return node;
  return { type: 'element', tagName: 'p', properties, children: [node] };
}

/** Letters, digits and marks of words that have no meaning in Markdown after a letter. */
const WORDS = /^[\p{L}\p{N}\p{M} ,']*$/u;
const ENDS_WITH_WORD = /[\p{L}\p{N}] ?$/u;
const GROWS = new Set(['p', 'li', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6']);

/** Returns the text at the end of a tree if more words of the source would be added to it. */
function growingTextOf(tree: Root, source: string): Text | null {
  let parent: Root | Element = tree;
  for (;;) {
    const last: RootContent | undefined = parent.children.findLast(
      (node) => node.type !== 'text' || node.value.trim() !== '',
    );
    if (last?.type === 'element') parent = last;
    else if (last?.type !== 'text' || parent.type === 'root' || !GROWS.has(parent.tagName)) return null;
    else return source.trimEnd().endsWith(last.value.slice(-20)) ? last : null;
  }
}

/**
 * Returns a function that parses a text which grows. Marks that are not closed yet are treated as if they were. Most of
 * the time only words are added to the last paragraph, and then it does not parse the text again.
 */
export function growingTree(): (text: string, surroundings: Surroundings) => Root {
  let source = '';
  let tree: Root | null = null;
  let end: Text | null = null;
  let context: Surroundings | null = null;
  return (text, surroundings) => {
    const added = text.slice(source.length);
    if (tree && end && context === surroundings && text.startsWith(source) && WORDS.test(added)) {
      if (added.trim() !== '') end.value += (/ $/.exec(source)?.[0] ?? '') + added.trimEnd();
      source = text;
      return tree;
    }
    const closed = remend(text);
    tree = treeOf(closed, surroundings);
    end = closed === text && ENDS_WITH_WORD.test(text) ? growingTextOf(tree, text) : null;
    [source, context] = [text, surroundings];
    return tree;
  };
}
