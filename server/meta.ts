import type { OpenApiMeta } from 'trpc-to-openapi';
import { z } from 'zod';
import { MAX_FILE_BYTES, MAX_UPLOAD_BYTES } from './limits.ts';
import type { CallLimit } from './rate-limit.ts';

/** How the REST surface answers where trpc-openapi's meta has no word for it. */
export interface RestMeta {
  /**
   * The status of success. Default: 204 where the output is `z.void()`, else 200. With 201 give `location`.
   */
  status?: 200 | 201 | 202 | 204;
  /** The path of what was created, with `{name}` taken from the output: `/chats/{id}`. */
  location?: `/${string}`;
  /** A subscription served as server-sent events, or as lines of JSON to those who accept that only; its `openapi` meta says `enabled: false`, which others skip. */
  sse?: boolean;
  /**
   * The media type of an output that is an `AsyncIterable<string>`: its pieces are sent as they come, and together
   * make one document of that type.
   */
  stream?: 'application/json';
  /**
   * Request headers that carry input: header name in lower case -> field of the input. What a header says wins over the
   * query and the body. A list is comma-separated; a date may have the form that HTTP headers use.
   */
  headers?: Record<string, string>;
  /** The largest file of a multipart form, or of octets over RPC, in bytes; default MAX_FILE_BYTES. It holds on every surface. */
  maxFileBytes?: number;
  /** The largest multipart form with files, in bytes; default MAX_UPLOAD_BYTES. It holds on every surface. */
  maxUploadBytes?: number;
  /** For a procedure that will go: since when callers are told so; it needs `openapi.deprecated: true` too. */
  deprecation?: {
    /** ISO 8601, such as `2026-01-31`. */
    since: string;
    /** When it will be gone. */
    sunset?: string;
    /** The URL of a page that says more. */
    link?: string;
  };
}

/**
 * Who may call a procedure: `signed-in` by a session or an API key, `in-person` by a session only, `registered` likewise
 * and no guest, `admin` an admin by either.
 */
const Access = z.enum(['anyone', 'signed-in', 'in-person', 'registered', 'admin']);
export type Access = z.output<typeof Access>;

/**
 * The meta of every procedure: trpc-openapi's, so its tools read our router, what we need beside it, and what the base
 * procedure of server/procedures.ts says of who may call, which it checks itself.
 */
export type Meta = OpenApiMeta<{
  rest?: RestMeta;
  access?: Access;
  /** A limit of the procedure's own, beside that of all calls; it holds on every surface. */
  rateLimit?: CallLimit;
  /** What the input may cost, where the default is too little or too much; it holds on every surface. */
  limits?: {
    /** How many values the input may hold, and how many fields a form or query; default MAX_JSON_VALUES and MAX_FORM_PARTS. */
    maxValues?: number;
  };
}>;

const AdmissionMeta = z.object({
  access: Access.optional(),
  rateLimit: z.object({ calls: z.int(), seconds: z.number() }).optional(),
});

/** Returns what the meta of a procedure says about who may call it and how often. A meta of another shape says nothing. */
export const admissionMeta = (meta: unknown): z.output<typeof AdmissionMeta> =>
  AdmissionMeta.safeParse(meta).data ?? {};

const UploadMeta = z.object({
  rest: z.object({ maxFileBytes: z.int().optional(), maxUploadBytes: z.int().optional() }),
});

/** Returns how large a file and a form with files may be for a procedure with this meta, in bytes. */
export function uploadLimits(meta: unknown): { file: number; total: number } {
  const { maxFileBytes, maxUploadBytes } = UploadMeta.safeParse(meta).data?.rest ?? {};
  return { file: maxFileBytes ?? MAX_FILE_BYTES, total: maxUploadBytes ?? MAX_UPLOAD_BYTES };
}
