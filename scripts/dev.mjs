// @ts-check
/** npm run dev: serves with hot reload and keeps the types for clients up to date. */
import { watchClientTypes } from './client-types.mjs';
import { preflight } from './preflight.mjs';
import { main, prepare, serve } from './setup.mjs';

await main(async () => {
  const options = await preflight(process.argv.slice(2));
  const node = await prepare();
  const stop = watchClientTypes(node);
  try {
    return await serve(node, 'development', options);
  } finally {
    stop();
  }
});
