/** What to call a chat; it has no title of its own before the first message. */
export function chatTitle(chat: { title: string } | undefined): string {
  return chat === undefined || chat.title === '' ? 'New chat' : chat.title;
}
