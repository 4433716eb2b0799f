import { join } from 'node:path';

/** The folder of the committed migrations, the same for both drivers. */
export const MIGRATIONS = join(process.cwd(), 'server/db/migrations');
