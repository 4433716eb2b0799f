import '#src/components/mantine-styles.ts';
import './globals.css';
import { ColorSchemeScript, mantineHtmlProps } from '@mantine/core';
import type { Metadata, Viewport } from 'next';
import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import { Providers } from './providers.tsx';
import { application } from '#routers/application';
import { PRODUCT } from '#contract/product';
import { directionOf, languageOf } from '#src/locales/languages.ts';
import { getLocale, getMessages, getTranslations } from '#src/locales/server.tsx';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('common');
  return {
    title: { default: PRODUCT.name, template: `%s · ${PRODUCT.name}` },
    description: t('description'),
  };
}

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#ffffff' },
    { media: '(prefers-color-scheme: dark)', color: '#15171c' },
  ],
};

export default async function Layout({ children }: { children: ReactNode }) {
  // Set by proxy.ts.
  const nonce = (await headers()).get('x-nonce') ?? undefined;
  const { deps } = await application();
  const locale = await getLocale();
  const language = languageOf(locale);
  return (
    <html lang={language} dir={directionOf(language)} {...mantineHtmlProps}>
      <head>
        <ColorSchemeScript defaultColorScheme="auto" nonce={nonce} />
      </head>
      <body>
        <Providers
          nonce={nonce}
          isInMaintenance={deps.maintenance.isOn()}
          locale={locale}
          messages={await getMessages(['common', 'errors'])}
        >
          {children}
        </Providers>
      </body>
    </html>
  );
}
