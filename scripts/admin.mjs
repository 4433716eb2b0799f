// @ts-check
/** npm run admin -- ada@example.com: makes an existing account an admin. See scripts/make-admin.ts. */
import { envFile, main, prepare, run } from './setup.mjs';

await main(async () => {
  const node = await prepare('production');
  return run(node, [...envFile(), 'scripts/make-admin.ts', ...process.argv.slice(2)]);
});
