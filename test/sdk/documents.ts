import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Block, blocksOf, scriptsIn } from './blocks.ts';

const ROOT = join(import.meta.dirname, '../..');
/** How many blocks may be marked as not run. */
const MOST_NOT_RUN = 6;
/** The first document, as others go on from it. */
const README = 'README.md';

const Package = z.object({ scripts: z.record(z.string(), z.string()) });

/**
 * The documents whose blocks are followed, the README first. Prints those blocks that cannot be, with the reasons.
 * @throws {Error} if too many are marked so, or a document names a script of npm that does not exist.
 */
export function documents(): Map<string, Block[]> {
  const paths = [README, ...globSync('docs/*.md', { cwd: ROOT }).toSorted(), 'src/sdk/README.md'];
  const { scripts } = Package.parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
  for (const path of paths) {
    const unknown = scriptsIn(path).filter((name) => !Object.hasOwn(scripts, name));
    if (unknown.length > 0)
      throw new Error(`${path} names npm run ${unknown.join(', ')}: there is no such script.`);
  }
  const found = new Map(paths.map((path) => [path, blocksOf(path)]));
  const notRun = [...found.values()].flat().flatMap((block) => {
    return block.use.kind === 'not-run' ? [`${block.document}:${block.line}: ${block.use.reason}`] : [];
  });
  console.log(`not run, ${notRun.length} blocks:`);
  for (const each of notRun) console.log(`  ${each}`);
  if (notRun.length > MOST_NOT_RUN)
    throw new Error(`${notRun.length} blocks are not run; at most ${MOST_NOT_RUN} may be.`);
  return new Map([...found].filter(([, blocks]) => blocks.some(({ use }) => use.kind !== 'not-run')));
}
