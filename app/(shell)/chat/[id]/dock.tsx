'use client';

import { Activity, memo, type RefObject, useLayoutEffect, useMemo, useRef } from 'react';
import type { AttachedFile } from '#src/client/drafts.ts';
import { ChatComposer } from '../chat-composer.tsx';
import { ModelSelect } from '../model-select.tsx';
import type { OutboxState } from '../use-outbox.ts';

/** What the composer of a chat does. */
export interface DockActions extends Pick<OutboxState, 'editQueued' | 'removeQueued'> {
  send: (text: string, files: AttachedFile[]) => void;
  sendQueued: () => void;
  stop: () => void;
  selectModel: (model: string) => void;
}

/** Returns an object that stays the same and has the newest actions. */
export function useStableDockActions(actions: DockActions): DockActions {
  const newest = useRef(actions);
  useLayoutEffect(() => {
    newest.current = actions;
  });
  return useMemo(
    () => ({
      send: (text, files) => newest.current.send(text, files),
      sendQueued: () => newest.current.sendQueued(),
      stop: () => newest.current.stop(),
      selectModel: (model) => newest.current.selectModel(model),
      editQueued: () => newest.current.editQueued(),
      removeQueued: () => newest.current.removeQueued(),
    }),
    [],
  );
}

interface DockProps extends Pick<OutboxState, 'place' | 'queued' | 'note'> {
  /** The model of the chat, or null for the default. */
  model: string | null;
  /** True if an answer is in progress. */
  busy: boolean;
  isStopping: boolean;
  inputRef: RefObject<HTMLTextAreaElement | null>;
  /** Always the same object, so that an answer that grows does not render the composer, which measures its text. */
  actions: DockActions;
}

/** The composer of a chat, with the select of its model. */
export const Dock = memo(function Dock(props: DockProps) {
  const { place, queued, note, model, busy, isStopping, inputRef, actions } = props;
  const { editQueued, removeQueued } = actions;
  return (
    <Activity>
      <ChatComposer
        outbox={{ place, queued, note, editQueued, removeQueued }}
        inputRef={inputRef}
        writing={busy}
        hasQueue
        stopping={isStopping}
        onSend={actions.send}
        onSendQueued={actions.sendQueued}
        onStop={actions.stop}
      >
        <ModelSelect value={model} disabled={busy} onChange={actions.selectModel} />
      </ChatComposer>
    </Activity>
  );
});
