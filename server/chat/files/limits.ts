/** The characters of a file that a model without support for such files gets as text. */
export const MAX_TEXT = 100_000;
