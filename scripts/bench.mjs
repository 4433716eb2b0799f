// @ts-check
/** npm run bench: measures the built server; see bench/main.ts for its arguments. */
import { ensureBuilt } from './next-build.mjs';
import { main, prepare, run } from './setup.mjs';

await main(async () => {
  const node = await prepare();
  await ensureBuilt(node);
  return run(node, ['bench/main.ts', ...process.argv.slice(2)]);
});
