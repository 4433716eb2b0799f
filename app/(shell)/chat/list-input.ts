/** The input of lists of chats, besides what they have in particular. */
export const CHATS = { limit: 30, archived: false } as const;

/** The first input of the chat list. The server prefetches it, so server and browser must use the same input. */
export const FIRST_CHATS = { ...CHATS, withoutProject: true } as const;

/** The input of the chats of a project in the sidebar. */
export const projectChats = (projectId: string) => ({ limit: 10, archived: false, projectId });

/** The input of the chats on the page of a project. */
export const projectPageChats = (projectId: string) => ({ ...CHATS, projectId });

/** The first input of the projects. */
export const ALL_PROJECTS = { limit: 100 } as const;

/** The first input of a chat's messages, which is prefetched too. */
export const messagesInput = (chatId: string) => ({ chatId, limit: 30 });
