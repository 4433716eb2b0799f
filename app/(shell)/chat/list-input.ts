/** The first input of the chat list. The server prefetches it, so server and browser must use the same input. */
export const FIRST_CHATS = { limit: 30, archived: false } as const;

/** The first input of a chat's messages, which is prefetched too. */
export const messagesInput = (chatId: string) => ({ chatId, limit: 30 });
