// @ts-check
/** npm run test:crash: kills built servers while they write answers; see test/crash/main.ts for its arguments. */
import { ensureBuilt } from './next-build.mjs';
import { main, prepare, run } from './setup.mjs';

await main(async () => {
  const node = await prepare();
  await ensureBuilt(node);
  return run(node, ['test/crash/main.ts', ...process.argv.slice(2)]);
});
