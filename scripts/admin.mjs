// @ts-check
/** npm run admin -- account list: runs a command of the operator's program. See admin.ts. */
import { envFile, main, prepare, run } from './setup.mjs';

await main(async () => {
  const node = await prepare('production');
  return run(node, [...envFile(), 'admin.ts', ...process.argv.slice(2)]);
});
