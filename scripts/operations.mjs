// @ts-check
/** npm run test:operations: serves a bundle as operators do; see test/operations/main.ts for its arguments. */
import { ensureBuilt } from './next-build.mjs';
import { main, prepare, run } from './setup.mjs';

await main(async () => {
  const node = await prepare();
  await ensureBuilt(node);
  const program = ['--disable-warning=ExperimentalWarning', 'test/operations/main.ts'];
  return run(node, [...program, ...process.argv.slice(2)]);
});
