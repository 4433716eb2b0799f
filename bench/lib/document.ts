import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { ROOT } from './process.ts';

/** The pages with figures, and their titles. */
const PAGES = { 'docs/benchmarks.md': '# Benchmarks\n', 'docs/benchmarks-profiles.md': '# Profiles\n' };

/** Writes a section of docs/benchmarks.md, or of another page. Replaces an earlier section with the same heading. */
export async function writeSection(
  heading: string,
  body: string,
  page: keyof typeof PAGES = 'docs/benchmarks.md',
): Promise<void> {
  const file = join(ROOT, page);
  const before = existsSync(file) ? readFileSync(file, 'utf8') : PAGES[page];
  const sections = before.split(/^(?=## )/m);
  const section = `## ${heading}\n\n${body.trim()}\n`;
  const at = sections.findIndex((text) => text.startsWith(`## ${heading}\n`));
  if (at === -1) sections.push(section);
  else sections[at] = section;
  const text = sections.map((each) => each.trim()).join('\n\n');
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
}

/** Returns a Markdown table. The first column is text, the others are numbers. */
export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '--:'))), ...rows.map(line)].join(
    '\n',
  );
}
