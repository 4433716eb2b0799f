/** The hooks of texts in server components, so that components without state work on both sides. */
import { use } from 'react';
import { getLocale, getTranslations, type TextGroup } from './server.tsx';

export const useLocale = (): string => use(getLocale());

export function useTranslations<Group extends TextGroup>(group: Group) {
  return use(getTranslations(group));
}
