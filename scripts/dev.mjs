// @ts-check
/** npm run dev: serves with hot reload, and keeps the types of clients fresh. */
import { watchClientTypes } from './client-types.mjs';
import { main, prepare, serve } from './setup.mjs';

await main(async () => {
  const node = await prepare();
  const stop = watchClientTypes(node);
  try {
    return await serve(node, 'development');
  } finally {
    stop();
  }
});
