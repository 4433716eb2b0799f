/** The longest a call may take, in seconds; `app/api/[...path]/route.ts` repeats it as a literal for Next. */
export const MAX_DURATION_SECONDS = 300;

/** The largest request body, in bytes. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** How deep JSON may nest. */
export const MAX_JSON_DEPTH = 64;

/** How many calls one RPC batch may carry. */
export const MAX_BATCH_SIZE = 20;

/** The pause between two heartbeats of an open event stream, in milliseconds. */
export const HEARTBEAT_MS = 10_000;
