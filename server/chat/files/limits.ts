/** The characters of a file that a model without support for such files gets as text. */
export const MAX_TEXT = 100_000;

/** What the thread that reads a PDF sends first, when it has loaded its modules. */
export const READY = 'ready';
