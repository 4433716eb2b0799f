// @ts-check
/** npm start: installs and builds if needed, then serves. */
import { ensureBuilt, isBuilt } from './next-build.mjs';
import { preflight } from './preflight.mjs';
import { checkSettings, main, prepare, serve } from './setup.mjs';

await main(async () => {
  const options = await preflight(process.argv.slice(2));
  // Called only once, because it reads every source.
  const built = isBuilt();
  const node = await prepare(built ? 'production' : 'all');
  if (!built) await ensureBuilt(node, () => checkSettings(node, options));
  return serve(node, 'production', options);
});
