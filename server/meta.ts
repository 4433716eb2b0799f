import type { OpenApiMeta } from 'trpc-to-openapi';

/** How the REST surface answers where trpc-openapi's meta has no word for it. */
export interface RestMeta {
  /**
   * The status of success. Default: 204 where the output is `z.void()`, else 200. With 201 give `location`.
   */
  status?: 200 | 201 | 202 | 204;
  /** The path of what was created, with `{name}` taken from the output: `/chats/{id}`. */
  location?: `/${string}`;
  /** A subscription served as server-sent events; its `openapi` meta says `enabled: false`, which others skip. */
  sse?: boolean;
  /**
   * The media type of an output that is an `AsyncIterable<string>`: its pieces are sent as they come, and together
   * make one document of that type.
   */
  stream?: 'application/json';
}

/**
 * Who may call a procedure: `signed-in` by a session or an API key, `in-person` by a session only, `registered` likewise
 * and no guest, `admin` an admin by either.
 */
export type Access = 'anyone' | 'signed-in' | 'in-person' | 'registered' | 'admin';

/**
 * The meta of every procedure: trpc-openapi's, so its tools read our router, what REST needs beside it, and what the base
 * procedure of server/trpc.ts says of who may call, which it checks itself.
 */
export type Meta = OpenApiMeta<{ rest?: RestMeta; access?: Access }>;
