'use client';

import { MantineProvider } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { theme } from '#src/components/theme.ts';
import { ConnectionBanner } from './connection-banner.tsx';

interface ProvidersProps {
  /** The nonce for the page's style elements. */
  nonce: string | undefined;
  children: ReactNode;
}

/** The providers of every page: the theme, and a banner while the connection is lost. */
export function Providers({ nonce, children }: ProvidersProps) {
  // A refresh renders the layout with a new nonce, but the policy of the document keeps the first one.
  const [first] = useState(nonce);
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" {...(first && { getStyleNonce: () => first })}>
      <ConnectionBanner />
      {children}
    </MantineProvider>
  );
}
