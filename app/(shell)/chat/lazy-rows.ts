'use client';

import { onDemand } from '#src/components/on-demand.ts';
import type { SelectionBarProps, SelectRowProps } from './chat-selection.tsx';
import type { RenamedRowProps } from './renamed-row.tsx';

const parts = () => import('./chat-selection.tsx');

/** The bar of a selection. */
export const selectionBar = onDemand<SelectionBarProps>(async () => (await parts()).SelectionBar);
/** A chat that can be selected. */
export const selectRow = onDemand<SelectRowProps>(async () => (await parts()).SelectRow);
/** A chat whose title is edited. */
export const renamedRow = onDemand<RenamedRowProps>(
  async () => (await import('./renamed-row.tsx')).RenamedRow,
);
