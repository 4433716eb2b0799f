// @ts-check
/** npm run admin -- somebody@example.com: makes an existing account an admin; see scripts/make-admin.ts. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { main, prepare, ROOT, run } from './setup.mjs';

await main(async () => {
  const node = await prepare();
  const options = existsSync(join(ROOT, '.env')) ? ['--env-file=.env'] : [];
  return run(node, [...options, 'scripts/make-admin.ts', ...process.argv.slice(2)]);
});
