'use client';

import { type ComponentType, createElement, type ReactNode, useSyncExternalStore } from 'react';

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
