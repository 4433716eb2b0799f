/**
 * The first input of lists in the settings. The server prefetches them, so server and browser must use the same input.
 */
export const FIRST_ITEMS = { limit: 10 } as const;

/** The period of the usage, which is prefetched too. */
export const USAGE_PERIOD = { days: 30 } as const;

/** The input of the newest import of chats. */
export const NEWEST_IMPORT = { limit: 1 } as const;
