/** The largest request body, in bytes. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** How deep JSON may nest. */
export const MAX_JSON_DEPTH = 64;

/** How many values the input of a call may hold; `limits.maxValues` of a procedure's meta sets another limit. */
export const MAX_JSON_VALUES = 10_000;

/** How far the limits of a schema, such as `z.array().max()`, may raise the number of values by themselves. */
export const MAX_SCHEMA_VALUES = 100_000;

/** How many calls an RPC batch may carry, where no other number is set. */
export const MAX_BATCH_SIZE = 20;

/** How many calls of an RPC batch that carries too many get an error each; a longer one gets one error for all. */
export const MAX_REJECTED_CALLS = 100;

/** How many bytes the results of one RPC batch may have together; a call beyond them fails alone. */
export const MAX_BATCH_BYTES = 8 * 1024 * 1024;

/** How long a stream may keep the event loop to itself, in milliseconds. */
export const MAX_SLICE_MS = 10;

/** From this size on a request body waits for its turn before it is worked on, in bytes. */
export const LARGE_BODY_BYTES = 16 * 1024;

/** The pause between two heartbeats of an open event stream, in milliseconds. */
export const HEARTBEAT_MS = 10_000;

/** The largest file of a multipart form, in bytes; `rest.maxFileBytes` sets another limit for a procedure. */
export const MAX_FILE_BYTES = 10 * 1024 * 1024;

/** The largest multipart form with files, in bytes; `rest.maxUploadBytes` sets another limit for a procedure. */
export const MAX_UPLOAD_BYTES = 25 * 1024 * 1024;

/** How many fields and files a form may have, and how many fields a query; `limits.maxValues` of a procedure's meta sets another limit. */
export const MAX_FORM_PARTS = 1000;

/** The largest body of a response that is kept for the replays of a call with an Idempotency-Key, in bytes. */
export const MAX_KEPT_BYTES = 64 * 1024;

/** How many callers each rate limit remembers; further ones take the place of those whose time ends first. */
export const MAX_COUNTED_KEYS = 100_000;

/**
 * The maximum size of the parts of an error that may repeat input, in bytes of JSON. With its other fields, and with `detail`
 * twice as in RPC, an error is smaller than 3,200 bytes. The errors of an RPC batch of 20 calls are smaller than 64 KB.
 */
export const MAX_DETAIL_BYTES = 400;
export const MAX_ISSUES_BYTES = 1_600;
/** The maximum number of issues of an error. If there are more, the last issue has their number. */
export const MAX_ISSUES = 20;
