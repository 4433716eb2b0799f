/** Where the surfaces of a router are, if its options set no other path. */
export const DEFAULT_PATHS = {
  rpc: '/api/trpc',
  rest: '/api/v1',
  openapi: '/api/openapi.json',
} as const;
