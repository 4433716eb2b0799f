'use client';

import { MantineProvider } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { TrpcProvider } from '#src/client/provider.tsx';
import { theme } from '#src/components/theme.ts';

interface ProvidersProps {
  /** The nonce of the page's style elements. */
  nonce: string | undefined;
  children: ReactNode;
}

/** What every page needs around it: the look, and the way to the procedures. */
export function Providers({ nonce, children }: ProvidersProps) {
  // A refresh renders the layout with a new one, while the policy of the document stays.
  const [first] = useState(nonce);
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" {...(first && { getStyleNonce: () => first })}>
      <TrpcProvider>{children}</TrpcProvider>
    </MantineProvider>
  );
}
