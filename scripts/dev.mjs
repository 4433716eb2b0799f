// @ts-check
/** npm run dev: serves with hot reload. */
import { main, prepare, serve } from './setup.mjs';

await main(async () => serve(await prepare(), 'development'));
