'use client';

import { useDebouncedValue, useWindowEvent } from '@mantine/hooks';
import { onlineManager, useQueryClient } from '@tanstack/react-query';
import { useOffline } from 'next/offline';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { isConnected, subscribeToConnection } from '#src/client/connection.ts';
import classes from './connection-banner.module.css';

/** The time that a disconnection takes before it is shown, in milliseconds. */
const SHOWN_AFTER_MS = 500;

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

/** Returns the link that a click would follow in this tab, unless it is a download. */
function followedLink(event: MouseEvent): HTMLAnchorElement | null {
  const { target, button, ctrlKey, metaKey, shiftKey, altKey } = event;
  if (button !== 0 || ctrlKey || metaKey || shiftKey || altKey || !(target instanceof Element)) return null;
  const link = target.closest('a');
  return link && link.href !== '' && link.target === '' && !link.hasAttribute('download') ? link : null;
}

/**
 * Tells that the browser is offline or that the server cannot be reached. Links and changes then wait for the
 * connection. When it is back, all data on the page is loaded again.
 */
export function ConnectionBanner() {
  const queryClient = useQueryClient();
  const isOnline = useSyncExternalStore(subscribeToOnline, () => navigator.onLine, atFirst);
  const isServerConnected = useSyncExternalStore(subscribeToConnection, isConnected, atFirst);
  const isNavigationWaiting = useOffline();
  const isDown = !isOnline || !isServerConnected || isNavigationWaiting;
  const [wasDown] = useDebouncedValue(isDown, SHOWN_AFTER_MS);

  // TanStack Query assumes that a page is online when it is loaded.
  useEffect(() => onlineManager.setOnline(isOnline), [isOnline]);

  const isInterrupted = useRef(false);
  useEffect(() => {
    if (isInterrupted.current && !isDown) void queryClient.invalidateQueries();
    isInterrupted.current = isDown;
  }, [isDown, queryClient]);

  // Next handles the links between its pages. Other pages of this site, such as the API reference, would be replaced by
  // the error page of the browser.
  useWindowEvent('click', (event) => {
    if (isDown && !event.defaultPrevented && followedLink(event)) event.preventDefault();
  });

  return (
    <div role="status" className={classes['region']}>
      {isDown && wasDown && (
        <p className={classes['banner']} data-disconnected>
          {isOnline
            ? 'The connection to the server is lost. Reconnecting…'
            : 'You are offline. The page continues when you are connected again.'}
        </p>
      )}
    </div>
  );
}
