/** Opens the embedded database in a folder after a SIGKILL: `node bench/embedded/reopen.main.ts FOLDER`. */
import { sql } from 'drizzle-orm';
import { openPglite } from '#server/db/pglite';
import { createLogger } from '#server/log/index';

const began = performance.now();
const database = await openPglite(process.argv[2] ?? '', createLogger({ LOG_LEVEL: 'silent' }));
await database.execute(sql`select count(*) from users`);
console.log(JSON.stringify({ opened: performance.now() - began }));
await database.close();
