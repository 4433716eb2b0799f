'use client';

import { QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { errorDataOf } from './errors.ts';
import { links } from './links.ts';
import { createQueryClient } from './query-client.ts';
import { trpc } from './trpc.ts';

/** A session that has ended cannot be gone on with: the page is left for the sign-in, which leads back to it. */
function leaveWhenSignedOut(error: unknown): void {
  if (typeof window === 'undefined' || errorDataOf(error)?.code !== 'UNAUTHORIZED') return;
  const { pathname, search } = window.location;
  window.location.assign(`/sign-in?next=${encodeURIComponent(pathname + search)}`);
}

/** Gives the hooks of `trpc` below it their client and their cache. */
export function TrpcProvider({ children }: { children: ReactNode }) {
  const [queryClient] = useState(() => createQueryClient(leaveWhenSignedOut));
  const [client] = useState(() => trpc.createClient({ links: links() }));
  return (
    <trpc.Provider client={client} queryClient={queryClient}>
      <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
    </trpc.Provider>
  );
}
