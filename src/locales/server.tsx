/** The texts of the page being rendered, for server components. */
import { headers } from 'next/headers';
import { cache, type ReactNode } from 'react';
import { createTranslator, type Messages, type NamespaceKeys, type NestedKeyOf } from 'use-intl/core';
import { languageOf, LOCALE_HEADER } from './languages.ts';
import { messagesIn, type Namespace } from './messages.ts';
import { MoreTexts } from './provider.tsx';

/** A part of the catalog, or a group within it, such as `common.errors`. */
export type TextGroup = NamespaceKeys<Messages, NestedKeyOf<Messages>>;

/** Returns the locale of the page, which proxy.ts has chosen. */
export const getLocale = cache(async () => (await headers()).get(LOCALE_HEADER) ?? 'en');

/** Returns parts of the catalog in the language of the page, for a provider. */
export async function getMessages(namespaces: readonly Namespace[]): Promise<Partial<Messages>> {
  return messagesIn(languageOf(await getLocale()), namespaces);
}

const translatorOf = cache(async (group: string) => {
  const [namespace = ''] = group.split('.');
  const messages = await getMessages([namespace as Namespace]);
  return createTranslator({
    locale: await getLocale(),
    messages,
    namespace: group as never,
    timeZone: 'UTC',
  });
});

/**
 * Returns the texts of a group: `const t = await getTranslations('auth')`, then `t('title')`. The promise is the same
 * during a request.
 */
export function getTranslations<Group extends TextGroup>(
  group: Group,
): Promise<ReturnType<typeof createTranslator<Messages, Group>>> {
  return translatorOf(group) as unknown as Promise<ReturnType<typeof createTranslator<Messages, Group>>>;
}

interface TextsProps {
  /** The parts of the catalog that the client components below use, in addition to those of the layouts above. */
  namespaces: readonly Namespace[];
  children: ReactNode;
}

/** Gives the client components of a layout or a page their texts. */
export async function Texts({ namespaces, children }: TextsProps) {
  return <MoreTexts messages={await getMessages(namespaces)}>{children}</MoreTexts>;
}
