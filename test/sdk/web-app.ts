import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cloneProject } from './clone.ts';

const DOCUMENT = join(import.meta.dirname, '../../docs/web-app.md');

/** Type-checks each block of docs/web-app.md as the file that its first line names, in a copy of the project. */
export async function checkWebApp(): Promise<string> {
  const blocks = [...readFileSync(DOCUMENT, 'utf8').matchAll(/^```tsx\n\/\/ (\S+)\n(.*?)^```$/gms)];
  const fences = readFileSync(DOCUMENT, 'utf8').match(/^```\w/gm) ?? [];
  if (blocks.length === 0 || blocks.length !== fences.length) {
    throw new Error(
      `${fences.length} blocks of docs/web-app.md have to be tsx and begin with the name of a file.`,
    );
  }
  const clone = cloneProject();
  try {
    for (const [, path = '', code = ''] of blocks) {
      mkdirSync(dirname(join(clone.folder, path)), { recursive: true });
      writeFileSync(join(clone.folder, path), code);
    }
    await clone.typeCheck(blocks.map(([, path = '']) => path));
  } finally {
    clone.remove();
  }
  return `${blocks.length} blocks compile`;
}
