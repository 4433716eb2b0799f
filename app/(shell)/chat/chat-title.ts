/** Returns the title of a chat, or "New chat" if it has none yet. */
export function chatTitle(chat: { title: string } | undefined): string {
  return chat === undefined || chat.title === '' ? 'New chat' : chat.title;
}
