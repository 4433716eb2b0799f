import type { Block, Page } from './blocks.ts';
import type { ResolveLink } from './markdown.ts';
import type { Guide, Repository } from './options.ts';
import { guidePath } from './paths.ts';

export const GUIDES_SECTION = 'guides';

const TITLE = /^# (.+)$/m;

/** Returns the title of a guide: its first heading, or its file. */
export const titleOf = ({ file, markdown }: Guide): string =>
  (TITLE.exec(markdown)?.[1] ?? file.replace(/\.md$/, '')).replaceAll('`', '');

/** Returns the page of a guide. */
export function guidePage(guide: Guide): Page {
  const markdown = guide.markdown.replace(/^\s*<!--[^]*?-->\s*/, '').replace(TITLE, '');
  const blocks: Block[] = [{ kind: 'text', markdown }];
  return {
    path: guidePath(guide.file),
    title: titleOf(guide),
    label: guide.group ?? 'Guide',
    section: `${GUIDES_SECTION}:${guide.group ?? 'Guides'}`,
    blocks,
  };
}

/** Creates the resolver of the links in the guides, in which a link is relative to its file. */
export function createLinks(
  guides: readonly Guide[],
  base: string,
  repository: Repository | undefined,
): (file: string, suffix?: string) => ResolveLink {
  const files = new Set(guides.map(({ file }) => file));
  return (file, suffix = '') =>
    (href) => {
      if (/^(?:[a-z][a-z\d+.-]*:|\/|#)/i.test(href)) return href;
      const [target = '', hash] = href.split('#');
      const path = joined(file, target);
      const fragment = hash === undefined ? '' : `#${hash}`;
      if (path !== null && files.has(path)) return `${base}/${guidePath(path)}${suffix}${fragment}`;
      if (!repository) return null;
      const place = joined(`${repository.guides ?? ''}/${file}`.replace(/^\//, ''), target);
      return place === null ? null : repository.url + place + fragment;
    };
}

/** Returns the path that is relative to a file; `null` if it leaves the common folder. */
function joined(file: string, relative: string): string | null {
  const segments = file.split('/').slice(0, -1);
  for (const segment of relative.split('/')) {
    if (segment === '..' && segments.pop() === undefined) return null;
    if (segment !== '..' && segment !== '.') segments.push(segment);
  }
  return segments.join('/');
}

const LINK = /(?<=\]\()([^()\s]+)(?=\))/g;

/** Returns Markdown with its links resolved. A link that leads nowhere stays as it is. */
export const withLinks = (markdown: string, resolve: ResolveLink): string =>
  markdown.replace(LINK, (href) => resolve(href) ?? href);
