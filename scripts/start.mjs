// @ts-check
/**
 * npm start: installs and builds where that is needed, then serves.
 * In package.json it stands behind `exec`: some shells would otherwise keep a SIGTERM that npm was sent to themselves.
 */
import { ensureBuilt } from './next-build.mjs';
import { preflight } from './preflight.mjs';
import { checkSettings, main, prepare, serve } from './setup.mjs';

await main(async () => {
  const options = await preflight(process.argv.slice(2));
  const node = await prepare();
  await ensureBuilt(node, () => checkSettings(node, options));
  return serve(node, 'production', options);
});
