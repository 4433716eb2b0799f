'use client';

import { DirectionContext, MantineProvider } from '@mantine/core';
import { type ComponentProps, type ReactNode, useMemo, useState } from 'react';
import { theme } from '#src/components/theme.ts';
import { directionOf, languageOf } from '#src/locales/languages.ts';
import { LanguageProvider } from '#src/locales/provider.tsx';
import { ConnectionBanner } from './connection-banner.tsx';

interface ProvidersProps extends Pick<ComponentProps<typeof LanguageProvider>, 'locale' | 'messages'> {
  /** The nonce for the page's style elements. */
  nonce: string | undefined;
  /** True if the server rejects changes. */
  isInMaintenance: boolean;
  children: ReactNode;
}

const ignore = () => undefined;

/** The providers of every page: the language, the theme, and a banner while the connection is lost or the server is in maintenance. */
export function Providers({ nonce, isInMaintenance, locale, messages, children }: ProvidersProps) {
  // A refresh renders the layout with a new nonce, but the policy of the document keeps the first one.
  const [first] = useState(nonce);
  const dir = directionOf(languageOf(locale));
  // The provider of Mantine would keep the first direction.
  const direction = useMemo(() => ({ dir, setDirection: ignore, toggleDirection: ignore }), [dir]);
  return (
    <LanguageProvider locale={locale} messages={messages}>
      <DirectionContext value={direction}>
        <MantineProvider
          theme={theme}
          defaultColorScheme="auto"
          {...(first && { getStyleNonce: () => first })}
        >
          <ConnectionBanner wasInMaintenance={isInMaintenance} />
          {children}
        </MantineProvider>
      </DirectionContext>
    </LanguageProvider>
  );
}
