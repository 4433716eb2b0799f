// @ts-check
/** npm run bundle: writes what serves, and nothing else, to dist/app; see scripts/bundle/main.ts for its arguments. */
import { ensureBuilt } from './next-build.mjs';
import { main, prepare, run } from './setup.mjs';

await main(async () => {
  const node = await prepare();
  await ensureBuilt(node);
  return run(node, [
    '--disable-warning=ExperimentalWarning',
    'scripts/bundle/main.ts',
    ...process.argv.slice(2),
  ]);
});
