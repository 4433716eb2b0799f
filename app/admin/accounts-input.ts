/** What the list of accounts is asked for first, on the server and in the browser alike. */
export const FIRST_ACCOUNTS = { limit: 20 } as const;
