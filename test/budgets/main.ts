/**
 * npm run check:budgets: fails if a page of the built server names more JavaScript than its limit. A browser that needs
 * no `noModule` files loads all of it with the page. Sizes are those after gzip.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { caller, signUpAdmin } from '../client.ts';
import { pages, type Route } from '../page-paths.ts';
import { startServer } from '../server.ts';

const ROOT = join(import.meta.dirname, '../..');
const SCRIPT = /\/_next\/static\/[\w./~-]+\.js\b/g;
const TAG = /<script\b[^>]*>/g;

/** The budgets by route, in kB of 1,000 bytes. Pages that visitors without a session see, too, are measured as they see them. */
const BUDGETS: Record<Route, number> = {
  '/': 174,
  '/[...missing]': 225,
  '/admin': 260,
  '/chat': 240,
  '/chat/[id]': 255,
  '/connect': 179,
  '/projects/[id]': 242,
  '/settings': 240,
  '/share/[token]': 172,
  '/sign-in': 175,
  '/sign-up': 175,
};

const sizes = new Map<string, number>();

/** Returns the size of a file of the build after gzip, in bytes. */
function sizeOf(file: string): number {
  const known = sizes.get(file);
  if (known !== undefined) return known;
  const size = gzipSync(readFileSync(join(ROOT, file.replace('/_next/', '.next/')))).length;
  sizes.set(file, size);
  return size;
}

/** Returns the files that a page names: in its tags, and in the data of its server components. */
function filesOf(html: string): string[] {
  const old = html.match(TAG)?.filter((tag) => /\snomodule\b/i.test(tag)) ?? [];
  const forOldBrowsers = new Set(old.flatMap((tag) => tag.match(SCRIPT) ?? []));
  return [...new Set(html.match(SCRIPT))].filter((file) => !forOldBrowsers.has(file));
}

// It ends with this process.
const server = await startServer({ MCP_DYNAMIC_REGISTRATION: 'true' });
const admin = await signUpAdmin(server);
let exceeded = 0;
for (const [route, { isPublic = false, path }] of pages()) {
  const limit = BUDGETS[route];
  const visitor = isPublic ? caller(server.url) : admin;
  const response = await visitor.fetch(path ? await path(admin) : route, { redirect: 'error' });
  const files = filesOf(await response.text());
  if (files.length === 0) throw new Error(`${route} names no scripts (status ${response.status}).`);
  const size = files.reduce((sum, file) => sum + sizeOf(file), 0) / 1000;
  const isOver = size > limit;
  if (isOver) exceeded += 1;
  console.log(
    `${isOver ? 'OVER' : 'ok  '} ${route.padEnd(15)} ${size.toFixed(1)} kB in ${files.length} files, limit ${limit} kB`,
  );
}
console.log(`${exceeded} pages over their limits.`);
process.exitCode = exceeded > 0 ? 1 : 0;
