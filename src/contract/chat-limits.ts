/** The maximum number of chats that one call deletes. In a module without zod, because pages import it. */
export const MAX_DELETED = 100;
