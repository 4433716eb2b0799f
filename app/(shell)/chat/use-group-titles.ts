import { useMemo } from 'react';
import { useLocale, useTranslations } from '#texts';
import type { GroupTitles } from './chat-groups.ts';

/** Returns the titles of the groups of the chat list. */
export function useGroupTitles(): GroupTitles {
  const t = useTranslations('shell.groups');
  const locale = useLocale();
  return useMemo(() => {
    const month = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', month: 'long' });
    const monthAndYear = new Intl.DateTimeFormat(locale, {
      timeZone: 'UTC',
      month: 'long',
      year: 'numeric',
    });
    return {
      pinned: t('pinned'),
      today: t('today'),
      yesterday: t('yesterday'),
      previousWeek: t('previousWeek'),
      monthOf: (date, isThisYear) => (isThisYear ? month : monthAndYear).format(date),
    };
  }, [t, locale]);
}
