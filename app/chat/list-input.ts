/** What the list of chats is asked for first; the server fetches it ahead, so both sides must ask the same. */
export const FIRST_CHATS = { limit: 30, archived: false } as const;

/** How the messages of a chat are asked for, likewise. */
export const messagesInput = (chatId: string) => ({ chatId, limit: 30 });
