// @ts-check
/** npm run test:inspector: calls the built server by the command line of the MCP Inspector. */
import { ensureBuilt } from './next-build.mjs';
import { main, prepare, run } from './setup.mjs';

await main(async () => {
  const node = await prepare();
  await ensureBuilt(node);
  return run(node, ['test/inspector/main.ts']);
});
