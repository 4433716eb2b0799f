import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { posixPath } from '#server/posix-path';
import { type Block, blocksOf, scriptsIn } from './blocks.ts';

const ROOT = join(import.meta.dirname, '../..');
/** The maximum number of blocks that are marked as not run. */
const MAX_NOT_RUN = 34;
/**
 * Documents whose blocks are not for a running server: test/layer-page.test.ts compiles those of the layer,
 * src/cli/diff.test.ts runs the commands that compare versions, and test/dev/rename.test.ts renames the product.
 */
const TESTED_ELSEWHERE = new Set(['docs/diff.md', 'docs/layer.md', 'docs/make-it-yours.md']);
/** The first document, because others continue from it. */
const README = 'README.md';

const Package = z.object({ scripts: z.record(z.string(), z.string()) });

/**
 * Returns the documents with blocks to run, the README first. Prints the blocks that are not run, with the reasons.
 * @throws {Error} if too many are not run, or if a document names an unknown npm script.
 */
export function documents(): Map<string, Block[]> {
  const paths = [README, ...globSync('docs/*.md', { cwd: ROOT }).toSorted(), 'src/sdk/README.md'];
  const { scripts } = Package.parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
  for (const path of paths) {
    const unknown = scriptsIn(path).filter((name) => !Object.hasOwn(scripts, name));
    if (unknown.length > 0)
      throw new Error(`${path} names npm run ${unknown.join(', ')}: there is no such script.`);
  }
  const tested = paths.filter((path) => !TESTED_ELSEWHERE.has(posixPath(path)));
  const found = new Map(tested.map((path) => [path, blocksOf(path)]));
  const notRun = [...found.values()].flat().flatMap((block) => {
    return block.use.kind === 'not-run' ? [`${block.document}:${block.line}: ${block.use.reason}`] : [];
  });
  console.log(`${notRun.length} blocks are not run:`);
  for (const each of notRun) console.log(`  ${each}`);
  if (notRun.length > MAX_NOT_RUN)
    throw new Error(`${notRun.length} blocks are not run, ${MAX_NOT_RUN} are allowed.`);
  return new Map([...found].filter(([, blocks]) => blocks.some(({ use }) => use.kind !== 'not-run')));
}
