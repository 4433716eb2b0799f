'use client';

import { QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { connectionLink } from './connection.ts';
import { errorDataOf } from './errors.ts';
import { links } from './links.ts';
import { createQueryClient } from './query-client.ts';
import { trpc } from './trpc.ts';

/** If the session has ended, opens the sign-in, which says so and leads back to this page. */
function redirectWhenSignedOut(error: unknown): void {
  if (typeof window === 'undefined' || errorDataOf(error)?.code !== 'UNAUTHORIZED') return;
  const { pathname, search } = window.location;
  window.location.assign(`/sign-in?ended=true&next=${encodeURIComponent(pathname + search)}`);
}

/** Provides the hooks of `trpc` with a client and a cache. */
export function TrpcProvider({ children }: { children: ReactNode }) {
  const [queryClient] = useState(() => createQueryClient(redirectWhenSignedOut));
  const [client] = useState(() => trpc.createClient({ links: [connectionLink, ...links()] }));
  return (
    <trpc.Provider client={client} queryClient={queryClient}>
      <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
    </trpc.Provider>
  );
}
