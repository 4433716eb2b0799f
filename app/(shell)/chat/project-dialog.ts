import type { Chat } from './chat-pages.ts';

/** A dialog about projects. */
export type ProjectDialog =
  | { kind: 'create' }
  | { kind: 'edit' | 'delete'; project: { id: string; name: string } }
  /** `next` gets the focus when the chat has moved away. */
  | { kind: 'move'; chat: Chat; next: HTMLElement | null };

/** Closes a dialog. If the focus should not return to where it was, `next` gets it. */
export type CloseDialog = (next?: HTMLElement | null) => void;

export interface ProjectDialogsProps {
  dialog: ProjectDialog;
  isOpen: boolean;
  onClose: CloseDialog;
}
