/** The default paths of a router's surfaces. */
export const DEFAULT_PATHS = {
  rpc: '/api/trpc',
  rest: '/api/v1',
  openapi: '/api/openapi.json',
  docs: '/api/docs',
} as const;

export { guidePath, idOf, pathOf } from './reference/paths.ts';
