import { runtime } from '#runtime';
import type { AnyTRPCRouter } from '@trpc/server';
import { groupBy } from '../group-by.ts';
import type { ListedError, Page, PageLink } from './blocks.ts';
import { errorPage, errorsPage, ERRORS_PATH, linkOf } from './errors.ts';
import { createLinks, GUIDES_SECTION, guidePage, titleOf } from './guides.ts';
import { createMarkdown, type ResolveLink } from './markdown.ts';
import type { Guide } from './options.ts';
import { groupsOf, indexPage, routerPage } from './overview.ts';
import { errorPath, guidePath, normalized, pathOf } from './paths.ts';
import { procedurePage } from './procedure.ts';
import { SCRIPT, THEME_SCRIPT } from './script.ts';
import { abridged, type IndexEntry, search } from './search.ts';
import { type NavSection, writeDocument } from './shell.ts';
import { STYLE } from './style.ts';
import { errorsOf, type ReferenceInfo, type Subject, subjectsOf } from './subjects.ts';
import { trialOf } from './targets.ts';
import { TRIAL_SCRIPT } from './trial-script.ts';
import { writeHtml } from './write-html.ts';
import { writeMarkdown } from './write-markdown.ts';

/** A file of the reference. */
export interface SiteFile {
  type: string;
  text: string;
  /** True if the path changes with the content, so it can be cached permanently. */
  isPermanent?: true;
  /** The status of the response. Default: 200. */
  status?: number;
}

/** The pages of a reference. */
export interface Site {
  /** The paths of all pages, in their order. */
  paths: readonly string[];
  /**
   * Returns a file by its path below that of the reference. A page has no extension, and is Markdown with `.md`.
   * @param query what to search for, on the first page.
   * @returns `undefined` for a path that does not exist.
   */
  file: (path: string, form?: 'html' | 'markdown', query?: string) => SiteFile | undefined;
  /** Returns the page that says that a page does not exist. */
  missing: () => SiteFile;
}

const HTML_TYPE = 'text/html; charset=utf-8';
const MARKDOWN_TYPE = 'text/markdown; charset=utf-8';

/** The assets of the pages, by their paths. */
const ASSETS = assetsOf({ css: STYLE, js: SCRIPT, 'theme.js': THEME_SCRIPT, 'try.js': TRIAL_SCRIPT });

function assetsOf(texts: Record<'css' | 'js' | 'theme.js' | 'try.js', string>) {
  const named = Object.entries(texts).map(([kind, text]): [string, { path: string; file: SiteFile }] => {
    const type = kind === 'css' ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8';
    const hash = runtime.hashText(text).slice(0, 12);
    return [kind, { path: `assets/reference-${hash}.${kind}`, file: { type, text, isPermanent: true } }];
  });
  return new Map(named);
}

const assetPath = (kind: string) => ASSETS.get(kind)?.path ?? '';
const assetFiles = new Map([...ASSETS.values()].map(({ path, file }) => [path, file]));

/** Creates the pages of a router. Each page is written when it is asked for. */
export function createSite(router: AnyTRPCRouter, info: ReferenceInfo, guides: readonly Guide[]): Site {
  const subjects = subjectsOf(router, info);
  const groups = groupsOf(subjects);
  const errors = errorsOf(subjects, info);
  const { path: base, serverUrl = '', docs } = info;
  const links = createLinks(guides, base, docs.repository);
  const urlOf = (path: string) => (path === '' ? base : `${base}/${path}`);
  const markdownUrlOf = (path: string) => urlOf(path === '' ? 'index.md' : `${path}.md`);

  const pages = new Map<string, () => Page>([['', () => indexPage(groups, info)]]);
  for (const group of groups) {
    if (group.name !== '') pages.set(pathOf(group.name), () => routerPage(group, groups, info));
    for (const subject of group.subjects) {
      pages.set(pathOf(subject.name), () => procedurePage(subject, info, errors));
    }
  }
  pages.set(ERRORS_PATH, () => errorsPage(errors));
  for (const error of errors) pages.set(errorPath(error.code), () => errorPage(error, subjects, info));
  for (const guide of guides) pages.set(guidePath(guide.file), () => guidePage(guide));

  const procedures = new Map(subjects.map((subject) => [pathOf(subject.name), subject]));
  const paths = [...pages.keys()];
  const places = new Map(paths.map((path, i) => [path, i]));
  const files = new Map(guides.map((guide) => [guidePath(guide.file), guide.file]));
  const entries = entriesOf(subjects, groups, guides, errors);
  const titles = new Map(
    entries.map(({ path, kind, name, title }) => [path, kind === 'guide' ? title : name]),
  );
  const sections = sectionsOf(groups, guides, errors);

  /** Returns the link to the page at a place. */
  function linkAt(place: number): PageLink | undefined {
    const path = paths[place];
    return path === undefined
      ? undefined
      : { path, text: titles.get(path) ?? (path === '' ? info.title : 'Errors') };
  }

  function document(page: Page, query = ''): string {
    const place = places.get(page.path);
    // Descriptions link to guides as if they were one of them.
    const resolve = links(files.get(page.path) ?? '');
    return writeDocument({
      ...{ title: info.title, page, sections, urlOf, query },
      content: writeHtml(page, {
        urlOf,
        markdown: createMarkdown(resolve),
        trialScript: urlOf(assetPath('try.js')),
      }),
      previous: place === undefined ? undefined : linkAt(place - 1),
      next: place === undefined ? undefined : linkAt(place + 1),
      canonical: serverUrl + urlOf(page.path),
      markdownUrl: place === undefined ? null : markdownUrlOf(page.path),
      assets: {
        style: urlOf(assetPath('css')),
        script: urlOf(assetPath('js')),
        theme: urlOf(assetPath('theme.js')),
      },
      links: docs.links ?? [],
      icon: docs.icon ?? 'data:,',
      colorSchemeKey: docs.colorSchemeKey ?? 'color-scheme',
    });
  }

  const markdownOf = (page: Page): string => {
    const resolve: ResolveLink = links(files.get(page.path) ?? '', '.md');
    return writeMarkdown(page, { urlOf: markdownUrlOf, resolve });
  };

  const results = (query: string): Page => ({
    path: '?',
    title: `Results for “${query}”`,
    section: '',
    blocks: [
      {
        kind: 'links',
        links: search(entries, query).map(({ path, name, title, kind }) => ({
          path,
          text: name,
          tag: kind,
          note: title,
        })),
      },
    ],
  });

  function special(path: string): SiteFile | undefined {
    if (path === 'index.json') {
      const { title, version } = info;
      const text = JSON.stringify({ title, version, pages: entries.map(abridged) });
      return { type: 'application/json', text };
    }
    if (path === 'llms.txt') {
      return { type: MARKDOWN_TYPE, text: overviewOf(info, groups, guides, errors, markdownUrlOf) };
    }
    return assetFiles.get(path) ?? trialFile(path);
  }

  /** Returns what the form on the page of a procedure needs. */
  function trialFile(path: string): SiteFile | undefined {
    if (!info.canTry || !path.endsWith('.json')) return undefined;
    const subject = procedures.get(normalized(path.slice(0, -'.json'.length)) ?? '');
    const trial = subject && trialOf(subject, info);
    return trial ? { type: 'application/json', text: JSON.stringify(trial) } : undefined;
  }

  function file(sent: string, form: 'html' | 'markdown' = 'html', query = ''): SiteFile | undefined {
    const found = special(sent);
    if (found) return found;
    const isMarkdown = sent.endsWith('.md');
    const bare = isMarkdown ? sent.slice(0, -'.md'.length) : sent;
    const path = normalized(bare === 'index' && isMarkdown ? '' : bare);
    const create = path === null ? undefined : pages.get(path);
    if (!create) return undefined;
    if (isMarkdown || form === 'markdown') return { type: MARKDOWN_TYPE, text: markdownOf(create()) };
    const page = path === '' && query.trim() !== '' ? results(query.trim()) : create();
    return { type: HTML_TYPE, text: document(page, query) };
  }

  const missing = (): SiteFile => ({
    type: HTML_TYPE,
    status: 404,
    text: document({
      path: '?',
      title: 'Page not found',
      section: '',
      blocks: [{ kind: 'links', links: [{ path: '', text: 'All procedures' }] }],
    }),
  });

  return { paths, file, missing };
}

/** Returns the pages that can be found. */
const entriesOf = (
  subjects: readonly Subject[],
  groups: readonly { name: string }[],
  guides: readonly Guide[],
  errors: readonly ListedError[],
): IndexEntry[] => [
  ...subjects.map(({ name, type, summary }) => ({ kind: type, name, title: summary, path: pathOf(name) })),
  ...groups
    .filter(({ name }) => name !== '')
    .map(({ name }) => ({ kind: 'router' as const, name, title: '', path: pathOf(name) })),
  ...guides.map((guide) => ({
    kind: 'guide' as const,
    name: guide.file.replace(/\.md$/, ''),
    title: titleOf(guide),
    path: guidePath(guide.file),
  })),
  ...errors.map(({ code, title }) => ({ kind: 'error' as const, name: code, title, path: errorPath(code) })),
];

/** Returns the sections of the navigation. */
function sectionsOf(
  groups: readonly { name: string; subjects: readonly Subject[] }[],
  guides: readonly Guide[],
  errors: readonly ListedError[],
): NavSection[] {
  return [
    { id: '', title: 'Overview', path: '', links: [] },
    ...groups.map(({ name, subjects }) => ({
      id: name,
      title: name === '' ? 'Procedures' : name,
      ...(name !== '' && { path: pathOf(name) }),
      links: subjects.map((subject) => ({
        ...linkOf(subject),
        text: subject.name.split('.').at(-1) ?? subject.name,
      })),
    })),
    {
      id: ERRORS_PATH,
      title: 'Errors',
      path: ERRORS_PATH,
      links: errors.map(({ code }) => ({ path: errorPath(code), text: code })),
    },
    ...[...groupBy(guides, ({ group = 'Guides' }) => group)].map(([title, own]) => ({
      id: `${GUIDES_SECTION}:${title}`,
      title,
      links: own.map((guide) => ({ path: guidePath(guide.file), text: titleOf(guide) })),
    })),
  ];
}

/** Returns an overview for language models (https://llmstxt.org). */
function overviewOf(
  info: ReferenceInfo,
  groups: readonly { name: string; subjects: readonly Subject[] }[],
  guides: readonly Guide[],
  errors: readonly ListedError[],
  urlOf: (path: string) => string,
): string {
  const { title, description, serverUrl = '' } = info;
  const item = (path: string, text: string, note: string) =>
    `- [${text}](${serverUrl}${urlOf(path)})${note === '' ? '' : `: ${note}`}`;
  const section = (heading: string, items: readonly string[]) =>
    items.length === 0 ? [] : [`## ${heading}`, items.join('\n')];
  return `${[
    `# ${title}`,
    ...(description === undefined
      ? []
      : [`> ${description.split('\n\n', 1).join('').replaceAll('\n', ' ')}`]),
    ...groups.flatMap(({ name, subjects }) =>
      section(
        name === '' ? 'Procedures' : name,
        subjects.map((subject) => item(pathOf(subject.name), subject.name, subject.summary)),
      ),
    ),
    ...section(
      'Guides',
      guides.map((guide) => item(guidePath(guide.file), titleOf(guide), '')),
    ),
    ...section(
      'Optional',
      errors.map(({ code, title: meaning }) => item(errorPath(code), code, meaning)),
    ),
  ].join('\n\n')}\n`;
}
