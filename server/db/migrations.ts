import { join } from 'node:path';

/** The folder of the committed migrations, which both drivers share. */
export const MIGRATIONS = join(process.cwd(), 'server/db/migrations');
