'use client';

import { onDemand } from '#src/components/on-demand.ts';
import type { SelectionBarProps, SelectRowProps } from './chat-selection.tsx';

const parts = () => import('./chat-selection.tsx');

/** The bar of a selection. */
export const selectionBar = onDemand<SelectionBarProps>(async () => (await parts()).SelectionBar);
/** A chat that can be selected. */
export const selectRow = onDemand<SelectRowProps>(async () => (await parts()).SelectRow);
