/** The longest a call may take, in seconds; `app/api/[...path]/route.ts` repeats it as a literal for Next. */
export const MAX_DURATION_SECONDS = 300;

/** How much a client may send on after its answer before its connection is cut, in bytes. */
export const MAX_DISCARDED_BYTES = 64 * 1024 * 1024;

/** Where a page of stored content ends, in bytes of its JSON; it has at least one item. */
export const MAX_PAGE_BYTES = 1024 * 1024;

/** How many bytes of a log are read at once; at least one event. */
export const MAX_BACKLOG_BYTES = 256 * 1024;

/** The largest response of a model provider, in bytes; an answer of the default length takes less, also in single letters. */
export const MAX_RESPONSE_BYTES = 128 * 1024 * 1024;
