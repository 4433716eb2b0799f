import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { filesUnder } from './files.ts';

/** The folder of the innermost package of a path, and its name. */
const PACKAGE = /^(node_modules\/(?:.*\/node_modules\/)?((?:@[^/]+\/)?[^/]+))\//;
const LARGEST = 10;
const MB = 1_000_000;

/** Returns the folder of the package that a file belongs to, or undefined. @param path with slashes. */
export const packageFolderOf = (path: string): string | undefined => PACKAGE.exec(path)?.[1];

/** The size of a bundle, in bytes. */
export interface Sizes {
  files: number;
  bytes: number;
  /** By package, and by what else it has. */
  parts: Map<string, number>;
}

function partOf(path: string): string {
  if (path.startsWith('.next/static/')) return 'files of pages';
  if (path.startsWith('.next/')) return 'pages';
  if (path.endsWith('.md')) return 'documentation';
  return PACKAGE.exec(path)?.[2] ?? 'sources';
}

/** Measures a bundle. */
export function sizesOf(folder: string): Sizes {
  const sizes: Sizes = { files: 0, bytes: 0, parts: new Map() };
  for (const name of filesUnder('', folder)) {
    const stats = lstatSync(join(folder, name));
    if (stats.isSymbolicLink() || /^\.(data|env)(\/|$)/.test(name)) continue;
    const { size } = stats;
    const part = partOf(name);
    sizes.files += 1;
    sizes.bytes += size;
    sizes.parts.set(part, (sizes.parts.get(part) ?? 0) + size);
  }
  return sizes;
}

/** Returns the size of a bundle and of its largest packages, as text. */
export function describeSizes({ files, bytes, parts }: Sizes): string {
  const inMb = (size: number) => `${(size / MB).toFixed(1)} MB`;
  const ordered = [...parts].toSorted(([, a], [, b]) => b - a);
  const lines = ordered.map(([name, size]) => ({ name, line: `  ${inMb(size).padStart(8)}  ${name}` }));
  const isOwn = ({ name }: { name: string }) =>
    ['files of pages', 'pages', 'documentation', 'sources'].includes(name);
  return [
    `${inMb(bytes)} in ${files} files`,
    ...lines.filter(isOwn).map(({ line }) => line),
    `  The largest of its ${lines.filter((each) => !isOwn(each)).length} packages:`,
    ...lines
      .filter((each) => !isOwn(each))
      .slice(0, LARGEST)
      .map(({ line }) => line),
  ].join('\n');
}
