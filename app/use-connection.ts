import { useOffline } from 'next/offline';
import { useSyncExternalStore } from 'react';
import { isConnected, subscribeToConnection } from '#src/client/reachability.ts';

function subscribeToOnline(listener: () => void): () => void {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
}

/** The server renders pages without the banner, and so does the browser at first. */
const atFirst = () => true;

/** Returns whether the browser is online, and whether it is offline or the server cannot be reached. */
export function useConnection(): { isOnline: boolean; isDown: boolean } {
  const isOnline = useSyncExternalStore(subscribeToOnline, () => navigator.onLine, atFirst);
  const isServerConnected = useSyncExternalStore(subscribeToConnection, isConnected, atFirst);
  const isNavigationWaiting = useOffline();
  return { isOnline, isDown: !isOnline || !isServerConnected || isNavigationWaiting };
}
