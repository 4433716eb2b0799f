/**
 * The operator's program: node admin.ts --help. A running server on the embedded database executes the command.
 * Otherwise, and on Postgres, it opens the database itself.
 */
import { existsSync } from 'node:fs';

const folder = process.cwd();
process.chdir(import.meta.dirname);
if (existsSync('.env')) process.loadEnvFile('.env');
const { main } = await import('./serve/admin.ts');
process.exitCode = await main(process.argv.slice(2), folder);
