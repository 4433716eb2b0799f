import type { OpenApiMeta } from 'trpc-to-openapi';
import { z } from 'zod';
import { MAX_FILE_BYTES, MAX_UPLOAD_BYTES } from './limits.ts';

/** How the REST surface answers where trpc-openapi's meta has no word for it. */
export interface RestMeta {
  /**
   * The status of success. Default: 204 where the output is `z.void()`, else 200. With 201 give `location`.
   */
  status?: 200 | 201 | 202 | 204;
  /** The path of what was created, with `{name}` taken from the output: `/things/{id}`. */
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

/** The meta of a procedure: trpc-openapi's, so its tools read our routers, and what the layer needs beside it. */
export type Meta<Own extends object = object> = OpenApiMeta<
  Own & {
    rest?: RestMeta;
    /** What the input may cost, where the default is too little or too much; it holds on every surface. */
    limits?: {
      /** How many values the input may hold, and how many fields a form or query; default MAX_JSON_VALUES and MAX_FORM_PARTS. */
      maxValues?: number;
    };
  }
>;

const UploadMeta = z.object({
  rest: z.object({ maxFileBytes: z.int().optional(), maxUploadBytes: z.int().optional() }),
});

/** Returns how large a file and a form with files may be for a procedure with this meta, in bytes. */
export function uploadLimits(meta: unknown): { file: number; total: number } {
  const { maxFileBytes, maxUploadBytes } = UploadMeta.safeParse(meta).data?.rest ?? {};
  return { file: maxFileBytes ?? MAX_FILE_BYTES, total: maxUploadBytes ?? MAX_UPLOAD_BYTES };
}
