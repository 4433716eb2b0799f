/** What the account's activity is asked for first, on the server and in the browser alike. */
export const FIRST_EVENTS = { limit: 10 } as const;
