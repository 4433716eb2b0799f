// @ts-check
/** npm run screenshots: takes the pictures of the landing page and of the README. */
import { ensureBuilt } from './next-build.mjs';
import { main, prepare, run } from './setup.mjs';

await main(async () => {
  const node = await prepare();
  await ensureBuilt(node);
  return run(node, ['test/screenshots/main.ts']);
});
