import { useTranslations } from '#texts';

/** Returns a function that returns the title of a chat, or "New chat" if it has none yet. */
export function useChatTitle(): (chat: { title: string } | undefined) => string {
  const t = useTranslations('shell');
  return (chat) => (chat === undefined || chat.title === '' ? t('newChat') : chat.title);
}
