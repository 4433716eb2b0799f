'use client';

import { useEffect, useMemo, useState } from 'react';
import { v4 as newId } from 'uuid';
import {
  type AttachedFile,
  changeDraft,
  changeOutbox,
  joinTexts,
  type Place,
  type Question,
  type SendFailure,
  type UnsentQuestion,
  useKeptOutbox,
} from '#src/client/drafts.ts';
import { errorDataOf, retryTimeOf } from '#src/client/errors.ts';
import { trpc } from '#src/client/trpc.ts';
import { putBack } from '#src/client/uploads.ts';
import { useTranslations } from '#texts';

/** The ids of the questions that this page is sending. */
const inFlight = new Set<string>();

/** Reasons that are not errors of the server. */
const CLOSED: SendFailure = { code: 'pageClosed', message: '', retryAt: null };
const SESSION_ENDED: SendFailure = { code: 'sessionEnded', message: '', retryAt: null };

/** Returns why the server has not accepted a question. */
function sendFailureOf(error: unknown): SendFailure {
  const data = errorDataOf(error);
  if (data?.code === 'UNAUTHORIZED') return SESSION_ENDED;
  return {
    code: data?.code ?? 'unreachable',
    message: data?.detail ?? '',
    retryAt: retryTimeOf(error),
  };
}

/** A short note beside the composer. */
export interface ComposerNote {
  text: string;
  /** Reverts the action that the note reports. */
  undo?: () => void;
}

/** Returns a question with this text, without characters that the server cannot store. */
export function newQuestion(text: string, files: AttachedFile[] = []): Question {
  return {
    id: newId(),
    text: text.trim().toWellFormed().replaceAll('\0', ''),
    ...(files.length > 0 && { files }),
  };
}

/** Returns the input of a call that sends a question. */
export const sentQuestion = ({ text, files = [] }: Question) => ({
  parts: text === '' ? [] : [{ type: 'text' as const, text }],
  ...(files.length > 0 && { files: files.map(({ id }) => id) }),
});

/** Returns a question without the fields of the outbox. */
const plain = ({ id, text, files }: Question): Question => ({ id, text, ...(files && { files }) });

function put(place: Place, question: UnsentQuestion): void {
  changeOutbox(place, ({ unsent, queued }) => ({
    unsent: unsent.some(({ id }) => id === question.id)
      ? unsent.map((known) => (known.id === question.id ? question : known))
      : [...unsent, question],
    queued,
  }));
}

function drop(place: Place, questionId: string): void {
  changeOutbox(place, ({ unsent, queued }) => ({
    unsent: unsent.filter(({ id }) => id !== questionId),
    queued,
  }));
}

function toDraft(place: Place, { text, files }: Question): void {
  changeDraft(place, (draft) => joinTexts(text, draft));
  putBack(place, files);
}

/**
 * The questions of a chat that the server does not have: those it has not accepted, and the one to send after the answer
 * in progress. The browser keeps them until the server has accepted them.
 * @param chatId null for the new chat.
 * @param deliver sends a question. A second call with the same question must have no further effect.
 */
export function useOutbox<Result>(chatId: string | null, deliver: (question: Question) => Promise<Result>) {
  const t = useTranslations('chat.composer');
  const [user] = trpc.users.me.useSuspenseQuery();
  const place = useMemo<Place>(() => ({ userId: user.id, chatId }), [user.id, chatId]);
  const { unsent, queued } = useKeptOutbox(place);
  const [note, setNote] = useState<ComposerNote | null>(null);

  useEffect(() => {
    const isLost = ({ id, failure }: UnsentQuestion) => failure === null && !inFlight.has(id);
    changeOutbox(place, (outbox) => {
      if (!outbox.unsent.some(isLost)) return outbox;
      const known = outbox.unsent.map((question) =>
        isLost(question) ? { ...question, failure: CLOSED } : question,
      );
      return { ...outbox, unsent: known };
    });
  }, [place]);

  /**
   * Sends a question.
   * @param ifRunning where the question goes if another answer is in progress in the chat.
   * @returns the result, or `null` if the server did not accept the question.
   */
  async function send(question: Question, ifRunning: 'draft' | 'queue'): Promise<Result | null> {
    const { id } = question;
    setNote(null);
    inFlight.add(id);
    put(place, { ...plain(question), failure: null });
    try {
      const result = await deliver(plain(question));
      drop(place, id);
      return result;
    } catch (error) {
      if (errorDataOf(error)?.code === 'RUN_ACTIVE') {
        drop(place, id);
        if (ifRunning === 'queue') queue(question);
        else {
          toDraft(place, question);
          setNote({ text: t('askedElsewhere') });
        }
      } else {
        put(place, { ...plain(question), failure: sendFailureOf(error) });
      }
      return null;
    } finally {
      inFlight.delete(id);
    }
  }

  /** Moves a question that was not sent into the composer. */
  function edit(question: Question): void {
    drop(place, question.id);
    toDraft(place, question);
  }

  function discard(question: UnsentQuestion): void {
    drop(place, question.id);
    setNote({
      text: t('discarded'),
      undo: () => {
        put(place, question);
        setNote(null);
      },
    });
  }

  function queue(question: Question): void {
    changeOutbox(place, (outbox) => ({ ...outbox, queued: { ...plain(question), isHeld: false } }));
  }

  /** Takes the queued question out of the queue. @returns `null` if there is none. */
  function takeQueued(): Question | null {
    if (!queued) return null;
    changeOutbox(place, (outbox) => ({ ...outbox, queued: null }));
    return queued;
  }

  function editQueued(): void {
    const question = takeQueued();
    if (question) toDraft(place, question);
  }

  function removeQueued(): void {
    const question = takeQueued();
    if (!question) return;
    setNote({
      text: t('removed'),
      undo: () => {
        queue(question);
        setNote(null);
      },
    });
  }

  /** Keeps the queued question, but does not send it automatically any more. */
  function holdQueued(): void {
    changeOutbox(place, (outbox) =>
      outbox.queued && !outbox.queued.isHeld
        ? { ...outbox, queued: { ...outbox.queued, isHeld: true } }
        : outbox,
    );
  }

  return {
    place,
    unsent,
    queued,
    note,
    send,
    edit,
    discard,
    /** Removes questions that the server has, although this page did not receive its response. */
    confirm: (ids: readonly string[]) => ids.forEach((id) => drop(place, id)),
    queue,
    takeQueued,
    editQueued,
    removeQueued,
    holdQueued,
  };
}

export type OutboxState = ReturnType<typeof useOutbox>;
