// @ts-check
/**
 * npm start: installs and builds where that is needed, then serves.
 * In package.json it stands behind `exec`: some shells would otherwise keep a SIGTERM that npm was sent to themselves.
 */
import { ensureBuilt } from './next-build.mjs';
import { main, prepare, serve } from './setup.mjs';

await main(async () => {
  const node = await prepare();
  await ensureBuilt(node);
  return serve(node, 'production');
});
