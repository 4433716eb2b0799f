import type { AnyTRPCProcedure } from '@trpc/server';
import type { $ZodObject } from 'zod/v4/core';
import { MAX_FILE_BYTES, MAX_UPLOAD_BYTES } from './limits.ts';

/** The options of a procedure over REST that trpc-to-openapi's meta does not have. */
export interface RestMeta {
  /**
   * The HTTP status of success. Default: 204 if the output is `z.void()`, otherwise 200. With 201, also set `location`.
   */
  status?: 200 | 201 | 202 | 204;
  /** The path of the created resource, for the header Location, with `{name}` from the output: `/things/{id}`. */
  location?: `/${string}`;
  /**
   * True for a subscription, which is served as server-sent events, or as newline-delimited JSON to clients that prefer
   * it. Set `enabled: false` in its `openapi` meta, so other tools skip it.
   */
  sse?: boolean;
  /**
   * The media type of an output that is an `AsyncIterable<string>`. Its chunks are sent as they arrive, and are one
   * document of that type together.
   */
  stream?: 'application/json';
  /**
   * The request headers that carry input, from the header's name in lower case to the field of the input. A header
   * takes precedence over the query and the body. A list is comma-separated. A date may have the form of HTTP headers
   * (RFC 9110, section 5.6.7).
   */
  headers?: Record<string, string>;
  /** The maximum size of a file in a form, or of octets over RPC, in bytes, on every surface. Default: 10 MiB. */
  maxFileBytes?: number;
  /** The maximum size of a multipart form with files, in bytes, on every surface. Default: 25 MiB. */
  maxUploadBytes?: number;
}

/** The end of a procedure, as every surface announces it. */
export interface DeprecatedMeta {
  /** The date of the deprecation in ISO 8601, such as `2026-01-31`. */
  since: string;
  /** The date of the removal in ISO 8601. To remove the procedure earlier is an error of `diff`. */
  sunset?: string;
  /** The procedure to call instead, by its name in the router, such as `things.get`. */
  successor?: string;
  /** The URL of a page with more information. */
  link?: string;
}

/** The operation of a procedure in REST and in the OpenAPI document, in the same shape as trpc-to-openapi's. */
export interface OpenApiOperation {
  /** False to leave the procedure out of REST and the document. Default: true. */
  enabled?: boolean;
  /** The HTTP method. */
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** The path below the path of REST, with parameters in braces, which are fields of the input: `/things/{id}`. */
  path: `/${string}`;
  /** The id of the operation. Default: the name of the procedure. */
  operationId?: string;
  /** A phrase that names the operation. */
  summary?: string;
  /** What the operation does, in Markdown. */
  description?: string;
  /** True if the operation needs authentication, false if it does not. */
  protect?: boolean;
  /** The groups of the operation in the document. */
  tags?: string[];
  /** The media types of the body. Default: JSON and forms, or only forms for an input with files. */
  contentTypes?: string[];
  /** True to mark the operation as deprecated. `deprecated` of the meta also says since when, and what to use instead. */
  deprecated?: boolean;
  /** Headers of the request that the document describes. */
  requestHeaders?: $ZodObject;
  /** Headers of the response that the document describes. */
  responseHeaders?: $ZodObject;
  /** The description of the response of a success. */
  successDescription?: string;
  /** Statuses of errors that the document adds, or their descriptions by status. */
  errorResponses?: number[] | Record<number, string>;
}

/** The tool of a procedure over MCP. */
export interface McpMeta {
  /** False to leave the procedure out of MCP. Default: true. */
  enabled?: boolean;
  /** The name of the tool: 1 to 64 letters, digits, underscores or hyphens. Default: `things_get` for `things.get`. */
  name?: string;
  /** The name of the tool for people. Default: clients show its name. */
  title?: string;
  /** What the tool does, for a model. Default: the summary and the description of `openapi`. */
  description?: string;
  /**
   * False if a POST needs no argument `idempotencyKey`, because its input has a field for the same purpose. Default: it
   * has one if the API has idempotency keys, and its input has no field of that name.
   */
  idempotencyKey?: false;
}

/** The meta of a procedure: that of trpc-to-openapi, so its tools can read the router, and the options of the layer. */
export type Meta<Own extends object = object> = Own & {
  /** The operation of the procedure over REST. */
  openapi?: OpenApiOperation;
  /** The options of the procedure over REST. */
  rest?: RestMeta;
  /** The tool of the procedure over MCP. */
  mcp?: McpMeta;
  /** Announces the end of the procedure: in headers, the document, the reference, types, the SDK and tools. */
  deprecated?: DeprecatedMeta;
  /**
   * The codes of the errors that only some procedures report, and this one does: as the error of a call, or in its
   * output. The reference lists a code that any procedure names only there, and the others by their status. The OpenAPI
   * document has them as `x-error-codes`.
   */
  errors?: readonly string[];
  /** The limits of the input, on every surface. */
  limits?: {
    /**
     * The maximum number of values in the input, and of fields in a form or query. Default: 10,000 values and 1,000
     * fields, or more if the schema's own limits allow more.
     */
    maxValues?: number;
  };
};

/** True if a procedure may have a meta of the layer: its meta is an object. */
export const isMeta = (meta: unknown): meta is Meta => typeof meta === 'object' && meta !== null;

/** Returns the meta of a procedure; an empty one if it has none. */
export const metaOf = ({ _def: { meta } }: AnyTRPCProcedure): Meta => (isMeta(meta) ? meta : {});

/** Returns the maximum size of a file, and of a form with files, for a procedure with a meta, in bytes. */
export function uploadLimits(meta: unknown): { file: number; total: number } {
  const { maxFileBytes, maxUploadBytes } = (isMeta(meta) ? meta.rest : undefined) ?? {};
  return { file: maxFileBytes ?? MAX_FILE_BYTES, total: maxUploadBytes ?? MAX_UPLOAD_BYTES };
}
