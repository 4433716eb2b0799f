// @ts-check
/** npm run test:e2e: runs the browser tests against the built server. */
import { ensureBuilt } from './next-build.mjs';
import { main, prepare, run } from './setup.mjs';

await main(async () => {
  const node = await prepare();
  await ensureBuilt(node);
  const playwright = 'node_modules/@playwright/test/cli.js';
  return run(node, [playwright, 'test', ...process.argv.slice(2)]);
});
