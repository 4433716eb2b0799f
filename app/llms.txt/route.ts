/** The overview of the reference for language models, at the path where they look for it. The API serves it. */
export { DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT } from '../api/[...path]/route.ts';

/* Literals, because Next reads them without running this file. */
export const maxDuration = 300;
export const runtime = 'nodejs';
export const dynamic = 'force-dynamic';
