'use client';

import { createContext, type ReactNode, use, useCallback, useRef, useState } from 'react';
import { onDemand, useLoad } from '#src/components/on-demand.ts';
import type { ProjectDialog, ProjectDialogsProps } from './project-dialog.ts';

/** Opens a dialog. When it is closed, the focus returns to `opener`. */
type ShowDialog = (dialog: ProjectDialog, opener: HTMLElement | null) => void;

const Show = createContext<ShowDialog>(() => undefined);

/** Returns a function that opens the dialogs of projects. */
export function useProjectDialog(): ShowDialog {
  return use(Show);
}

const dialogs = onDemand<ProjectDialogsProps>(() =>
  import('./project-dialogs.tsx').then((module) => module.ProjectDialogs),
);

/** Adds the dialogs of projects to a page. */
export function ProjectActions({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<{ dialog: ProjectDialog; isOpen: boolean } | null>(null);
  const opener = useRef<HTMLElement | null>(null);
  const show = useCallback<ShowDialog>((dialog, element) => {
    opener.current = element;
    setShown({ dialog, isOpen: true });
  }, []);
  function close(next: HTMLElement | null = opener.current) {
    setShown((last) => last && { ...last, isOpen: false });
    next?.focus();
  }
  useLoad(dialogs, shown?.isOpen === true, close);
  return (
    <Show value={show}>
      {children}
      {shown && <dialogs.View props={{ ...shown, onClose: close }} />}
    </Show>
  );
}
