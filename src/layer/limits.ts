/** The maximum size of a request body, in bytes. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** The maximum depth of nested JSON. */
export const MAX_JSON_DEPTH = 64;

/** The maximum number of values in the input of a call. `limits.maxValues` of a procedure's meta sets another limit. */
export const MAX_JSON_VALUES = 10_000;

/** The highest number of values to which the limits of a schema, such as `z.array().max()`, raise the maximum. */
export const MAX_SCHEMA_VALUES = 100_000;

/** The maximum number of calls in an RPC batch, if `maxBatchSize` sets no other. */
export const MAX_BATCH_SIZE = 20;

/**
 * Each call of an RPC batch with too many calls gets an error, up to this number. A longer batch gets one error in
 * total.
 */
export const MAX_REJECTED_CALLS = 100;

/**
 * The maximum size of all results of an RPC batch, in bytes. A call whose result exceeds it fails alone. A streamed batch
 * has no such limit.
 */
export const MAX_BATCH_BYTES = 8 * 1024 * 1024;

/**
 * In a streamed RPC batch, results wait while the client has not read this many characters, so that a slow client costs
 * no more memory.
 */
export const MAX_UNREAD_LENGTH = 1024 * 1024;

/** The longest time that loops such as streams may block the event loop, in milliseconds. */
export const MAX_SLICE_MS = 10;

/** The size from which a request body waits for its turn before it is processed, in bytes. */
export const LARGE_BODY_BYTES = 16 * 1024;

/** The time without an event after which an event stream sends a heartbeat, in milliseconds. */
export const HEARTBEAT_MS = 10_000;

/**
 * The maximum size of a file in a multipart form, in bytes. `rest.maxFileBytes` of a procedure's meta sets another
 * limit.
 */
export const MAX_FILE_BYTES = 10 * 1024 * 1024;

/**
 * The maximum size of a multipart form with files, in bytes. `rest.maxUploadBytes` of a procedure's meta sets another
 * limit.
 */
export const MAX_UPLOAD_BYTES = 25 * 1024 * 1024;

/**
 * The maximum number of fields and files in a form, and of fields in a query. `limits.maxValues` of a procedure's meta
 * sets another limit.
 */
export const MAX_FORM_PARTS = 1000;

/** The maximum size of a response body that is stored for replays of a request with an Idempotency-Key, in bytes. */
export const MAX_KEPT_BYTES = 64 * 1024;

/** The maximum number of callers that a rate limit remembers. Others replace those whose window ends first. */
export const MAX_COUNTED_KEYS = 100_000;

/**
 * The maximum size of the parts of an error that may repeat input, in bytes of JSON. With its other fields, and with
 * `detail` twice as in RPC, an error is smaller than 3,200 bytes. The errors of an RPC batch of 20 calls are smaller
 * than 64 KB.
 */
export const MAX_DETAIL_BYTES = 400;
export const MAX_ISSUES_BYTES = 1_600;
/** The maximum number of issues of an error. If there are more, the last issue has their number. */
export const MAX_ISSUES = 20;
