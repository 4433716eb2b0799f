'use client';

import type { DrawerProps, ModalProps } from '@mantine/core';
import { onDemand, useLoad } from './on-demand.ts';

const modal = onDemand<ModalProps>(() => import('./overlays.tsx').then((module) => module.LoadedModal));
const drawer = onDemand<DrawerProps>(() => import('./overlays.tsx').then((module) => module.LoadedDrawer));

/** A modal of Mantine, whose code is loaded when the page is idle, or when a modal is opened. */
export function LazyModal(props: ModalProps) {
  useLoad(modal, props.opened, props.onClose);
  return <modal.View props={props} />;
}

/** A drawer of Mantine, which is loaded like a modal. */
export function LazyDrawer(props: DrawerProps) {
  useLoad(drawer, props.opened, props.onClose);
  return <drawer.View props={props} />;
}
