/** What the lists of the settings are asked for first, on the server and in the browser alike. */
export const FIRST_ITEMS = { limit: 10 } as const;
