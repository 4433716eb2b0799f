import { useMemo } from 'react';
import { useLocale, useTranslations } from '#texts';
import type { GroupTitles } from './chat-groups.ts';

/** Returns the titles of the groups of the chat list. */
export function useGroupTitles(): GroupTitles {
  const t = useTranslations('shell.groups');
  const locale = useLocale();
  return useMemo(() => {
    // Most lists have no month, and to make the first format takes a page 20 ms.
    const formats = new Map<boolean, Intl.DateTimeFormat>();
    function formatOf(isThisYear: boolean): Intl.DateTimeFormat {
      const known = formats.get(isThisYear);
      if (known) return known;
      const year = isThisYear ? {} : { year: 'numeric' as const };
      const made = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', month: 'long', ...year });
      formats.set(isThisYear, made);
      return made;
    }
    return {
      pinned: t('pinned'),
      today: t('today'),
      yesterday: t('yesterday'),
      previousWeek: t('previousWeek'),
      monthOf: (date, isThisYear) => formatOf(isThisYear).format(date),
    };
  }, [t, locale]);
}
