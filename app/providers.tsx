'use client';

import { MantineProvider } from '@mantine/core';
import type { ReactNode } from 'react';
import { TrpcProvider } from '#src/client/provider.tsx';
import { theme } from '#src/components/theme.ts';

/** What every page needs around it: the look, and the way to the procedures. */
export function Providers({ children }: { children: ReactNode }) {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <TrpcProvider>{children}</TrpcProvider>
    </MantineProvider>
  );
}
