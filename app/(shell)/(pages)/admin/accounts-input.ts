/** The first input of the account list. The server prefetches it, so server and browser must use the same input. */
export const FIRST_ACCOUNTS = { limit: 20 } as const;
