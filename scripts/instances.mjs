// @ts-check
/** npm run test:instances: runs built servers behind poolers; see test/instances/main.ts for its arguments. */
import { ensureBuilt } from './next-build.mjs';
import { main, prepare, run } from './setup.mjs';

await main(async () => {
  const node = await prepare();
  await ensureBuilt(node);
  return run(node, ['test/instances/main.ts', ...process.argv.slice(2)]);
});
