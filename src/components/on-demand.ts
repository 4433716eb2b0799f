'use client';

import {
  type ComponentType,
  createElement,
  type ReactNode,
  useEffect,
  useEffectEvent,
  useSyncExternalStore,
} from 'react';
import { useTranslations } from '#texts';
import { useToast } from './toasts.tsx';

interface ViewProps<Props> {
  props: Props;
  /** Shown until the code is loaded. */
  fallback?: ReactNode;
}

/** A component whose code is not part of the page, but is loaded when it is needed. */
export interface OnDemand<Props> {
  /** Loads the code, unless it is loaded. Rejects if that is not possible, because the browser is offline. */
  load: () => Promise<void>;
  /** Renders the component. It does not load it. */
  View: (view: ViewProps<Props>) => ReactNode;
}

/** Declares a component that is loaded when it is needed. @param importer imports its module. */
export function onDemand<Props extends object>(
  importer: () => Promise<ComponentType<Props>>,
): OnDemand<Props> {
  let loaded: ComponentType<Props> | null = null;
  const listeners = new Set<() => void>();
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  function View({ props, fallback = null }: ViewProps<Props>) {
    const Component = useSyncExternalStore(
      subscribe,
      () => loaded,
      () => null,
    );
    return Component ? createElement(Component, props) : fallback;
  }
  return {
    async load() {
      if (loaded) return;
      loaded = await importer();
      for (const listener of listeners) listener();
    },
    View,
  };
}

/** The time after which something is loaded although the page is busy, in milliseconds. */
const IDLE_MS = 2_000;

/** Calls `work` when the browser has nothing else to do. @returns a function that cancels it. */
function whenIdle(work: () => void): () => void {
  // Safari does not have it.
  if (!('requestIdleCallback' in window)) {
    const timer = setTimeout(work, IDLE_MS);
    return () => clearTimeout(timer);
  }
  const id = requestIdleCallback(work, { timeout: IDLE_MS });
  return () => cancelIdleCallback(id);
}

/**
 * Loads a component when the page is idle, or at once if it is needed.
 * @param onFailure called if a component that is needed cannot be loaded, after the user was told.
 */
export function useLoad<Props>({ load }: OnDemand<Props>, isNeeded: boolean, onFailure: () => void): void {
  const t = useTranslations('common');
  const toast = useToast();
  const fail = useEffectEvent(() => {
    toast({ text: t('notLoaded'), isError: true });
    onFailure();
  });
  useEffect(() => {
    // Without a connection, it is loaded when it is needed.
    if (!isNeeded) return whenIdle(() => void load().catch(() => undefined));
    load().catch(() => fail());
    return undefined;
  }, [load, isNeeded]);
}
