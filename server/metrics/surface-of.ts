import { OTHER } from './series.ts';

/** Returns the surface that serves the procedures at a path of the API, as metrics name it. */
export function surfaceOf(path: string): string {
  if (path.startsWith('/api/trpc/')) return path.includes(',') ? 'rpc-batch' : 'rpc';
  if (path.startsWith('/api/v1/')) return 'rest';
  if (path === '/api/mcp') return 'mcp';
  return path.startsWith('/api/chat') ? 'chat' : OTHER;
}
