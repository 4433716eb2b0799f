'use client';

import { type DragEvent, useState } from 'react';
import type { Chat } from './chat-pages.ts';

/** The chat that is being dragged on this page. */
let dragged: Chat | null = null;

/** The handlers of a chat that can be dragged into a project. */
export const dragHandlers = (chat: Chat) => ({
  onDragStart: () => {
    dragged = chat;
  },
  onDragEnd: () => {
    dragged = null;
  },
});

/** Moves a chat to a project, or with null out of its project. */
export type MoveChat = (chat: Chat, projectId: string | null) => void;

/**
 * Makes an element a place where chats can be dropped.
 * @param projectId the project that a dropped chat moves to; null for none.
 */
export function useChatDrop(projectId: string | null, move: MoveChat) {
  const [isOver, setIsOver] = useState(false);
  const accepts = () => dragged !== null && dragged.projectId !== projectId;
  return {
    /** True while a chat is above the element that would move. */
    isOver,
    handlers: {
      onDragOver: (event: DragEvent) => {
        if (!accepts()) return;
        event.preventDefault();
        setIsOver(true);
      },
      onDragLeave: ({ currentTarget, relatedTarget }: DragEvent) => {
        if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))) setIsOver(false);
      },
      onDrop: (event: DragEvent) => {
        setIsOver(false);
        if (!dragged || !accepts()) return;
        event.preventDefault();
        move(dragged, projectId);
        dragged = null;
      },
    },
  };
}
