'use client';

import { useTranslations } from '#texts';
import { MissingPage } from '../missing-page.tsx';

/** The page for a chat that does not exist or was deleted. */
export function NoSuchChat() {
  const t = useTranslations('chat.conversation');
  return <MissingPage title={t('notFound')} text={t('notFoundText')} />;
}
