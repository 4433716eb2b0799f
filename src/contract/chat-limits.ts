/* In a module without zod, because pages import it. */

/** The maximum number of chats that one call deletes. */
export const MAX_DELETED = 100;
/** The maximum length of the name of a project. */
export const MAX_PROJECT_NAME = 100;
