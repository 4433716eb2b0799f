// @ts-check
/** npm run test:attack: attacks the built server and measures it; see test/attack/main.ts for its arguments. */
import { ensureBuilt } from './next-build.mjs';
import { main, prepare, run } from './setup.mjs';

await main(async () => {
  const node = await prepare();
  await ensureBuilt(node);
  return run(node, ['test/attack/main.ts', ...process.argv.slice(2)]);
});
