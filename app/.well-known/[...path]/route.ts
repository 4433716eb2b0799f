/** The metadata of OAuth, whose paths RFC 8414 and RFC 9728 put outside `/api`. The API serves them. */
export { GET, HEAD, OPTIONS, POST } from '../../api/[...path]/route.ts';

/* Literals, because Next reads them without running this file. */
export const maxDuration = 300;
export const runtime = 'nodejs';
export const dynamic = 'force-dynamic';
