'use client';

import { onlineManager, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef } from 'react';
import { TrpcProvider } from '#src/client/provider.tsx';
import { useConnection } from '../use-connection.ts';

/** Lets changes wait for the connection. When it is back, all data on the page is loaded again. */
function ConnectedQueries({ children }: { children: ReactNode }) {
  const queryClient = useQueryClient();
  const { isOnline, isDown } = useConnection();

  // TanStack Query assumes that a page is online when it is loaded.
  useEffect(() => onlineManager.setOnline(isOnline), [isOnline]);

  const isInterrupted = useRef(false);
  useEffect(() => {
    if (isInterrupted.current && !isDown) void queryClient.invalidateQueries();
    isInterrupted.current = isDown;
  }, [isDown, queryClient]);

  return children;
}

/** Provides the hooks of `trpc`. Pages without the sidebar do not use them. */
export function Queries({ children }: { children: ReactNode }) {
  return (
    <TrpcProvider>
      <ConnectedQueries>{children}</ConnectedQueries>
    </TrpcProvider>
  );
}
