/** A heading of a Markdown file with the text below it. */
export interface Section {
  /** The path of the file under the root, such as `docs/architecture.md`. */
  file: string;
  /** 1 to 6; 0 for the text before the first heading. */
  level: number;
  /** The heading without its markup; the file's name at level 0. */
  title: string;
  /** The headings above this one, from the first level on. */
  ancestors: string[];
  /** The Markdown up to the next heading of any level. */
  text: string;
  /** `text` with all sections below this one, their headings in bold. */
  full: string;
  /** The place that answers quote, such as `README.md › Add a procedure`. */
  place: string;
}

const HEADING = /^(#{1,6})\s+(.+?)\s*#*$/;
const FENCE = /^\s*(`{3,}|~{3,})/;

/** Splits a Markdown file at its ATX headings. A `#` in a code block is not a heading. */
export function splitMarkdown(file: string, markdown: string): Section[] {
  const sections: Omit<Section, 'full'>[] = [];
  let path: { level: number; title: string }[] = [];
  let lines: string[] = [];
  let fence: string | undefined;

  const close = () => {
    const text = lines.join('\n').trim();
    const last = path.at(-1);
    lines = [];
    if (!last && text === '') return;
    const { level, title } = last ?? { level: 0, title: file };
    const ancestors = path.slice(0, -1).map((heading) => heading.title);
    const trail = path
      .filter((heading) => heading.level > 1 || heading === last)
      .map((heading) => heading.title);
    sections.push({ file, level, title, ancestors, text, place: [file, ...trail].join(' › ') });
  };

  for (const line of markdown.split(/\r?\n/)) {
    const mark = FENCE.exec(line)?.[1];
    if (mark && fence === undefined) fence = mark;
    else if (fence !== undefined && mark?.startsWith(fence)) fence = undefined;
    const heading = fence === undefined ? HEADING.exec(line) : null;
    if (!heading?.[1] || !heading[2]) {
      lines.push(line);
      continue;
    }
    close();
    const level = heading[1].length;
    path = [...path.filter((above) => above.level < level), { level, title: plain(heading[2]) }];
  }
  close();
  return sections.map((section, index) => ({ ...section, full: withSubsections(sections, index) }));
}

function withSubsections(sections: Omit<Section, 'full'>[], index: number): string {
  const own = sections[index];
  if (!own) return '';
  // The first heading of a file contains the whole file, which is too long for an answer.
  if (own.level <= 1) return own.text;
  const texts = [own.text];
  for (const { level, title, text } of sections.slice(index + 1)) {
    if (level <= own.level) break;
    texts.push(`**${title}**`, text);
  }
  return texts.filter(Boolean).join('\n\n');
}

/** Removes inline markup: code, emphasis, links and images. */
function plain(markdown: string): string {
  return markdown
    .replaceAll(/!\[[^\]]*\]\([^)]*\)/g, '')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[`*]/g, '')
    .trim();
}

/**
 * Returns the beginning of a Markdown text, for an answer: whole paragraphs, lists and code blocks until `limit`
 * characters are reached. The first code block is included if it starts before twice the limit. Images and HTML are
 * left out. Links into the repository lead to the page of the file, or become their text if it has none.
 * @param pathOfLink returns the path of the page for the target of a link, or `null`.
 * @returns the text, and `cut`, which is true if the end was left out.
 */
export function excerpt(
  markdown: string,
  limit: number,
  pathOfLink: (target: string) => string | null,
): { text: string; cut: boolean } {
  const all = blocks(markdown);
  const firstCode = all.findIndex(isCode);
  const taken: string[] = [];
  let length = 0;
  for (const [index, block] of all.entries()) {
    const reachesForCode = index <= firstCode && length < 2 * limit;
    if (taken.length > 0 && length + block.length > limit && !reachesForCode) break;
    taken.push(isCode(block) ? block : readable(block, pathOfLink));
    length += block.length;
  }
  return { text: taken.filter(Boolean).join('\n\n'), cut: taken.length < all.length };
}

/** Splits a text into paragraphs, lists and code blocks. Blank lines do not split a code block. */
function blocks(markdown: string): string[] {
  const found: string[] = [];
  let lines: string[] = [];
  let fence: string | undefined;
  const close = () => {
    if (lines.length > 0) found.push(lines.join('\n'));
    lines = [];
  };
  for (const line of markdown.split('\n')) {
    const mark = FENCE.exec(line)?.[1];
    if (fence === undefined && mark) {
      close();
      fence = mark;
      lines.push(line);
    } else if (fence !== undefined) {
      lines.push(line);
      if (!mark?.startsWith(fence)) continue;
      fence = undefined;
      close();
    } else if (line.trim() === '') close();
    else lines.push(line);
  }
  close();
  return found;
}

function isCode(block: string): boolean {
  return FENCE.test(block);
}

function readable(block: string, pathOfLink: (target: string) => string | null): string {
  return block
    .replaceAll(/!\[[^\]]*\]\([^)]*\)/g, '')
    .replaceAll(/\[([^\]]*)\]\((?![a-z]+:)([^)]*)\)/gi, (_, text: string, target: string) => {
      const path = pathOfLink(target);
      return path === null ? text : `[${text}](${path})`;
    })
    .replaceAll(/(`[^`]*`)|<!--[\s\S]*?-->|<\/?(?!https?:)[a-z][^>]*>/gi, (_, code?: string) => code ?? '')
    .trim();
}
