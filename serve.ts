/** The process that serves the API and the pages. It loads most modules while the embedded database opens. */
import { rememberResolutions } from './serve/resolution.ts';

process.chdir(import.meta.dirname);
const forgetResolutions = rememberResolutions();
const { start } = await import('./serve/start.ts');
await start(forgetResolutions);
