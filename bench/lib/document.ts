import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { ROOT } from './process.ts';

const FILE = join(ROOT, 'docs/benchmarks.md');
const TITLE = '# Benchmarks\n';

/** Writes a section of docs/benchmarks.md, in the place of an earlier one with the same heading. */
export async function writeSection(heading: string, body: string): Promise<void> {
  const before = existsSync(FILE) ? readFileSync(FILE, 'utf8') : TITLE;
  const sections = before.split(/^(?=## )/m);
  const section = `## ${heading}\n\n${body.trim()}\n`;
  const at = sections.findIndex((text) => text.startsWith(`## ${heading}\n`));
  if (at === -1) sections.push(section);
  else sections[at] = section;
  const text = sections.map((each) => each.trim()).join('\n\n');
  writeFileSync(FILE, await format(text, { ...(await resolveConfig(FILE)), filepath: FILE }));
}

/** A table in Markdown; the first column is text, the others are numbers. */
export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '--:'))), ...rows.map(line)].join(
    '\n',
  );
}
