// @ts-check
/** npm run build: builds the pages, even if there is a build. */
import { build } from './next-build.mjs';
import { main, once, prepare } from './setup.mjs';

await main(async () => {
  const node = await prepare();
  await once(
    () => false,
    () => build(node, { quiet: false }),
  );
  return 0;
});
