import type { failure as english } from '../en/failure.ts';
import type { TranslationOf } from '../texts.ts';

export const failure = {
  title: 'Etwas ist schiefgegangen',
  text: 'Die Seite konnte nicht angezeigt werden.',
  retry: 'Erneut versuchen',
} satisfies TranslationOf<typeof english>;
