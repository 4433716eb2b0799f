import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { expect, test } from '@jest/globals';
import { posixPath } from '#server/posix-path';

const ROOT = join(import.meta.dirname, '..');
const PAGES = ['*.md', 'docs/**/*.md', 'src/sdk/README.md']
  .flatMap((pattern) => globSync(pattern, { cwd: ROOT }))
  .map((path) => posixPath(path))
  .toSorted();
/** Reads a page without its code blocks. */
const proseOf = (page: string) =>
  readFileSync(join(ROOT, page), 'utf8').replaceAll(/^( *)```.*?^\1```$/gms, '');

/** Returns the anchors of the headings of a page, as GitHub builds them. */
function anchorsOf(page: string): Set<string> {
  const headings = [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  );
}

const exists = (path: string) => existsSync(join(ROOT, path));

test.each(PAGES)('%s links to pages and headings that exist', (page) => {
  const links = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  const broken = links
    .filter((link) => !/^https?:/.test(link))
    .filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : posix.join(dirname(page), path);
      if (!exists(target)) return true;
      return anchor !== undefined && !anchorsOf(target).has(anchor);
    });
  expect(broken).toEqual([]);
});

test.each(PAGES)('%s names files and folders that exist', (page) => {
  const names = [...proseOf(page).matchAll(/`((?:app|bench|routers|scripts|server|src|test)\/[^`\s]+)`/g)];
  const paths = names.map(([, path = '']) => path).filter((path) => !/[…*<{]/.test(path));
  expect(paths.filter((path) => !exists(path))).toEqual([]);
});
