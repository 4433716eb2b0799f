// @ts-check
/** npm run test:sdk: packs the SDK, uses it in all runtimes against the built server, and runs the docs' code blocks. */
import { ensureBuilt } from './next-build.mjs';
import { main, prepare, run } from './setup.mjs';

await main(async () => {
  const node = await prepare();
  await ensureBuilt(node);
  return run(node, ['test/sdk/main.ts', ...process.argv.slice(2)]);
});
