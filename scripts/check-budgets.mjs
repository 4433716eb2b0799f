// @ts-check
/** npm run check:budgets: measures the JavaScript of each page of the built server. */
import { ensureBuilt } from './next-build.mjs';
import { main, prepare, run } from './setup.mjs';

await main(async () => {
  const node = await prepare();
  await ensureBuilt(node);
  return run(node, ['test/budgets/main.ts']);
});
