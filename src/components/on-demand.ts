'use client';

import {
  type ComponentType,
  createElement,
  type ReactNode,
  useDeferredValue,
  useEffect,
  useEffectEvent,
  useSyncExternalStore,
} from 'react';
import { whenIdle } from './when-idle.ts';
import { useTranslations } from '#texts';
import { useToast } from './toasts.tsx';

interface ViewProps<Props> {
  props: Props;
  /** Shown until the code is loaded. */
  fallback?: ReactNode;
  /** False to go on showing the fallback when the code is loaded, because rendering the component takes long. */
  isWanted?: boolean;
}

interface LoadOptions {
  /** True if the code is loaded because the page is idle. Then the component is rendered in steps that block nothing else. */
  isAhead?: boolean;
}

/** A component whose code is not part of the page, but is loaded when it is needed. */
export interface OnDemand<Props> {
  /** Loads the code, unless it is loaded. Rejects if that is not possible, because the browser is offline. */
  load: (options?: LoadOptions) => Promise<void>;
  /** Renders the component. It does not load it. */
  View: (view: ViewProps<Props>) => ReactNode;
}

/** Declares a component that is loaded when it is needed. @param importer imports its module. */
export function onDemand<Props extends object>(
  importer: () => Promise<ComponentType<Props>>,
): OnDemand<Props> {
  let loaded: ComponentType<Props> | null = null;
  let isNeeded = false;
  const listeners = new Set<() => void>();
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  function View({ props, fallback = null, isWanted = true }: ViewProps<Props>) {
    const newest = useSyncExternalStore(
      subscribe,
      () => loaded,
      () => null,
    );
    const isUrgent = useSyncExternalStore(
      subscribe,
      () => isNeeded,
      () => false,
    );
    const deferred = useDeferredValue(newest);
    const Component = isUrgent ? newest : deferred;
    return Component && isWanted ? createElement(Component, props) : fallback;
  }
  return {
    async load({ isAhead = false } = {}) {
      isNeeded ||= !isAhead;
      loaded ??= await importer();
      for (const listener of listeners) listener();
    },
    View,
  };
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
    if (!isNeeded) return whenIdle(() => void load({ isAhead: true }).catch(() => undefined));
    load().catch(() => fail());
    return undefined;
  }, [load, isNeeded]);
}
