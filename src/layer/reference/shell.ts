import type { Page, PageLink } from './blocks.ts';
import { breakable, type Html, html } from './html.ts';
import type { HeaderLink } from './options.ts';

/** A section of the navigation. */
export interface NavSection {
  /** The section that pages name. */
  id: string;
  title: string;
  /** The page of the section itself. */
  path?: string;
  links: readonly PageLink[];
}

/** What surrounds the content of a page. */
export interface Shell {
  /** The name of the API. */
  title: string;
  page: Page;
  content: Html;
  /** The sections of the navigation. */
  sections: readonly NavSection[];
  previous: PageLink | undefined;
  next: PageLink | undefined;
  urlOf: (path: string) => string;
  /** The URL of the page itself, and as Markdown. */
  canonical: string;
  markdownUrl: string | null;
  assets: { style: string; script: string; theme: string };
  links: readonly HeaderLink[];
  icon: string;
  colorSchemeKey: string;
  /** The text that was searched for. */
  query: string;
}

/** Longer sections show the links around the current page only. */
const MAX_SECTION = 100;
const AROUND = 25;
/** If there are more links in all, sections with a page show theirs only there. */
const MAX_LINKS = 300;

/** Returns the whole document of a page. */
export function writeDocument(shell: Shell): string {
  const { title, page, content, urlOf, canonical, markdownUrl, assets, previous, next } = shell;
  const name = page.path === '' ? `${title} reference` : `${page.title} · ${title}`;
  const document = html`<html lang="en" data-scheme-key="${shell.colorSchemeKey}">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>${name}</title>
      <link rel="canonical" href="${canonical}" />
      ${markdownUrl !== null && html`<link rel="alternate" type="text/markdown" href="${markdownUrl}" />`}
      ${previous && html`<link rel="prev" href="${urlOf(previous.path)}" />`}
      ${next && html`<link rel="next" href="${urlOf(next.path)}" />`}
      <link rel="icon" href="${shell.icon}" />
      <meta name="color-scheme" content="light dark" />
      <link rel="stylesheet" href="${assets.style}" />
      <script src="${assets.theme}"></script>
      <script src="${assets.script}" defer></script>
    </head>
    <body data-index="${urlOf('index.json')}" data-base="${urlOf('')}">
      <a class="skip" href="#main">Skip to content</a>
      ${headerOf(shell)}
      <div class="layout">
        <nav class="side" id="pages" aria-label="Pages">
          <a class="close" href="#main">Close</a>${shell.sections.map((section) => sectionOf(section, shell))}
        </nav>
        <main id="main" tabindex="-1">${content} ${footerOf(shell)}</main>
      </div>
    </body>
  </html> `;
  return `<!doctype html>\n${document.text}`;
}

const headerOf = ({ title, urlOf, links, query }: Shell) =>
  html`<header class="top">
    <a class="menu" href="#pages">Menu</a>
    <a class="brand" href="${urlOf('')}">${title}</a>
    <form class="search" role="search" action="${urlOf('')}">
      <input
        type="search"
        name="q"
        value="${query}"
        placeholder="Search"
        aria-label="Search the reference"
        autocomplete="off"
      />
      <kbd aria-hidden="true">/</kbd>
      <div class="results" id="results" role="listbox" aria-label="Search results" hidden></div>
    </form>
    <div class="tools">
      ${links.map(({ label, href }) => html`<a href="${href}">${label}</a>`)}<button
        type="button"
        class="scheme"
        disabled
      >
        Dark
      </button>
    </div>
  </header>`;

function sectionOf(section: NavSection, { page, urlOf, sections }: Shell): Html {
  const total = sections.reduce((sum, { links }) => sum + links.length, 0);
  const { id, title, path } = section;
  const isCurrent = page.section === id;
  const isClosed = !isCurrent && path !== undefined && total > MAX_LINKS;
  const links = isClosed ? [] : shown(section.links, page.path);
  if (links.length === 0) {
    return path === undefined
      ? html``
      : html`<p class="alone">
          <a href="${urlOf(path)}" ${page.path === path && html` aria-current="page"`}>${title}</a>
        </p>`;
  }
  const all = path === undefined ? [] : [{ path, text: 'Overview' }];
  return html`<details${isCurrent && html` open`}><summary><span>${breakable(title)}</span></summary><ul>${[
    ...all,
    ...links,
  ].map(
    (link) =>
      html`<li>
        <a href="${urlOf(link.path)}" ${link.path === page.path && html` aria-current="page"`}
          >${breakable(link.text)}</a
        >
      </li>`,
  )}</ul></details>`;
}

/** Returns the links of a section, or of a long one those around the current page. */
function shown(links: readonly PageLink[], path: string): readonly PageLink[] {
  if (links.length <= MAX_SECTION) return links;
  const at = Math.max(
    0,
    links.findIndex((link) => link.path === path),
  );
  return links.slice(Math.max(0, at - AROUND), at + AROUND);
}

const footerOf = ({ previous, next, urlOf, markdownUrl }: Shell) =>
  html`<footer class="foot">
    <div class="turn">
      ${previous && html`<a href="${urlOf(previous.path)}" rel="prev"><small>Previous</small> ${previous.text}</a>`}${next && html`<a class="next" href="${urlOf(next.path)}" rel="next"><small>Next</small> ${next.text}</a>`}
    </div>
    <p>
      ${markdownUrl !== null && html`<a href="${markdownUrl}">This page as Markdown</a>`}
      <a href="${urlOf('llms.txt')}">llms.txt</a>
    </p>
  </footer>`;
