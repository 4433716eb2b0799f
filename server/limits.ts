/** The maximum duration of a call, in seconds. `app/api/[...path]/route.ts` repeats it as a literal for Next. */
export const MAX_DURATION_SECONDS = 300;

/** The maximum that a client may still send after its response, in bytes. Then its connection is closed. */
export const MAX_DISCARDED_BYTES = 64 * 1024 * 1024;

/** The maximum size of a page of stored content, in bytes of its JSON. A page has at least one item. */
export const MAX_PAGE_BYTES = 1024 * 1024;

/** The maximum number of bytes of a log that are read at once, but at least one event. */
export const MAX_BACKLOG_BYTES = 256 * 1024;

/** The largest response of a model provider, in bytes. An answer of the default length fits, even as single letters. */
export const MAX_RESPONSE_BYTES = 128 * 1024 * 1024;
