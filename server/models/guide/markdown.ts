/** A heading of a Markdown file with what stands under it. */
export interface Section {
  /** The path of the file under the root, such as `docs/architecture.md`. */
  file: string;
  /** 1 to 6; 0 for what stands before the first heading. */
  level: number;
  /** The heading without its markup; the file's name at level 0. */
  title: string;
  /** The file's first-level heading, then the headings this one stands under. */
  ancestors: string[];
  /** The Markdown up to the next heading of any level. */
  text: string;
  /** `text` with all sections below this one, their headings in bold. */
  full: string;
  /** Where it is found: `README.md › Add a procedure`. */
  place: string;
}

const HEADING = /^(#{1,6})\s+(.+?)\s*#*$/;
const FENCE = /^\s*(`{3,}|~{3,})/;

/** Splits a Markdown file at its ATX headings; a `#` in a code block is no heading. */
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
  // A file's first heading stands over the whole file, which is too much to be one answer.
  if (own.level <= 1) return own.text;
  const texts = [own.text];
  for (const { level, title, text } of sections.slice(index + 1)) {
    if (level <= own.level) break;
    texts.push(`**${title}**`, text);
  }
  return texts.filter(Boolean).join('\n\n');
}

/** Inline Markdown without its markup: code, emphasis, links and images. */
function plain(markdown: string): string {
  return markdown
    .replaceAll(/!\[[^\]]*\]\([^)]*\)/g, '')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[`*]/g, '')
    .trim();
}

/**
 * The beginning of a Markdown text, for an answer: whole paragraphs, lists and code blocks until `limit`
 * characters are reached. The first code block is in it when it begins before twice the limit. Images and HTML are
 * left out, and links into the repository become their text with the path, as no page answers there.
 * @returns the text, and whether something was left out at its end.
 */
export function excerpt(markdown: string, limit: number): { text: string; cut: boolean } {
  const all = blocks(markdown);
  const firstCode = all.findIndex(isCode);
  const taken: string[] = [];
  let length = 0;
  for (const [index, block] of all.entries()) {
    const reachesForCode = index <= firstCode && length < 2 * limit;
    if (taken.length > 0 && length + block.length > limit && !reachesForCode) break;
    taken.push(isCode(block) ? block : readable(block));
    length += block.length;
  }
  return { text: taken.filter(Boolean).join('\n\n'), cut: taken.length < all.length };
}

/** Paragraphs, lists and code blocks; the blank lines in a code block do not divide it. */
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

function readable(block: string): string {
  return block
    .replaceAll(/!\[[^\]]*\]\([^)]*\)/g, '')
    .replaceAll(/\[([^\]]*)\]\((?![a-z]+:)([^)]*)\)/gi, (_, text: string, target: string) =>
      target.startsWith('#') || text.replaceAll('`', '') === target ? text : `${text} (${target})`,
    )
    .replaceAll(/(`[^`]*`)|<!--[\s\S]*?-->|<\/?(?!https?:)[a-z][^>]*>/gi, (_, code?: string) => code ?? '')
    .trim();
}
