'use client';

import { type ReactNode, useMemo } from 'react';
import type { Messages } from 'use-intl/core';
import { IntlProvider, useLocale, useMessages } from 'use-intl/react';

interface TextsProps {
  messages: Partial<Messages>;
  children: ReactNode;
}

/**
 * The server renders times in UTC. `LocalTime` replaces them, because the server does not know the user's time zone. The
 * browser has its own, which is not asked for here: its first answer takes 20 ms.
 */
const SERVER = typeof window === 'undefined' ? { timeZone: 'UTC' } : {};

/** The language of all pages, with the texts that all of them need. */
export function LanguageProvider({ locale, messages, children }: TextsProps & { locale: string }) {
  return (
    <IntlProvider locale={locale} messages={messages} {...SERVER}>
      {children}
    </IntlProvider>
  );
}

/** Adds texts to those of the providers above. */
export function MoreTexts({ messages, children }: TextsProps) {
  const outer = useMessages();
  const all = useMemo(() => ({ ...outer, ...messages }), [outer, messages]);
  return (
    <IntlProvider locale={useLocale()} messages={all}>
      {children}
    </IntlProvider>
  );
}
