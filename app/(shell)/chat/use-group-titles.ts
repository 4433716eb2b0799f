import { useMemo } from 'react';
import { useLocale, useTranslations } from '#texts';
import { perLanguage } from '#src/components/per-language.ts';
import type { GroupTitles } from './chat-groups.ts';

const monthIn = perLanguage((locale) => new Intl.DateTimeFormat(locale, { timeZone: 'UTC', month: 'long' }));
const monthAndYearIn = perLanguage(
  (locale) => new Intl.DateTimeFormat(locale, { timeZone: 'UTC', month: 'long', year: 'numeric' }),
);

/** Returns the titles of the groups of the chat list. */
export function useGroupTitles(): GroupTitles {
  const t = useTranslations('shell.groups');
  const locale = useLocale();
  return useMemo(
    () => ({
      pinned: t('pinned'),
      today: t('today'),
      yesterday: t('yesterday'),
      previousWeek: t('previousWeek'),
      monthOf: (date, isThisYear) => (isThisYear ? monthIn : monthAndYearIn)(locale).format(date),
    }),
    [t, locale],
  );
}
