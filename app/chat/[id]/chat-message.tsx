'use client';

import { ActionIcon, Button, CopyButton, Tooltip } from '@mantine/core';
import { type ReactNode } from 'react';
import { ERRORS } from '#contract/errors';
import { type ChatMessage, reasoningOf, textOf } from '#src/client/messages.ts';
import type { Budget } from '#src/components/budget.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { CheckIcon, CopyIcon, RefreshIcon } from '#src/components/icons.tsx';
import { Answer, UserMessage } from '#src/components/message.tsx';
import { Versions } from '#src/components/versions.tsx';

/** The actions for the messages of a chat. */
interface MessageActions {
  /** Regenerates an answer. */
  regenerate: (messageId: string) => void;
  /** Continues the last answer. */
  continueAnswer: () => void;
  /** Shows another version of a message. */
  selectBranch: (messageId: string) => void;
}

interface ChatMessageViewProps {
  message: ChatMessage;
  isLast: boolean;
  /** True if the answer is in progress. */
  streaming: boolean;
  /** The parts of the message that are parsed as Markdown. */
  budget: Budget;
  /** Null while an answer is in progress. */
  can: MessageActions | null;
}

/** Returns a note for an answer that did not end normally. */
function endingNote({ metadata = {} }: ChatMessage, onRetry: (() => void) | undefined): ReactNode {
  const { status, error, detail } = metadata;
  if (status === 'stopped') return 'You stopped this answer.';
  if (status === 'interrupted') return 'This answer was interrupted because the server stopped.';
  if (status !== 'failed') return null;
  const { title, retryable } = ERRORS[error ?? 'INTERNAL_SERVER_ERROR'];
  return (
    <ErrorNote onRetry={onRetry} retryLabel={retryable ? 'Try again' : 'Regenerate'}>
      {detail ?? `${title}.`}
    </ErrorNote>
  );
}

function CopyAction({ text }: { text: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : 'Copy'}>
          <ActionIcon variant="subtle" color="gray" aria-label="Copy answer" onClick={copy}>
            {copied ? <CheckIcon size={16} /> : <CopyIcon size={16} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}

/** A message of a chat. */
export function ChatMessageView({ message, isLast, streaming, budget, can }: ChatMessageViewProps) {
  const { id, role, metadata = {} } = message;
  const text = textOf(message);
  const versions = can && <Versions ids={metadata.branchIds ?? []} id={id} onSelect={can.selectBranch} />;
  if (role === 'user') return <UserMessage text={text} actions={versions} />;

  const reasoning = reasoningOf(message);
  const regenerate = isLast && can ? () => can.regenerate(id) : undefined;
  const canContinue = metadata.status === 'stopped' || metadata.status === 'interrupted';
  const actions = !streaming && (
    <>
      {versions}
      {text !== '' && <CopyAction text={text} />}
      {regenerate && (
        <Tooltip label="Regenerate">
          <ActionIcon variant="subtle" color="gray" aria-label="Regenerate" onClick={regenerate}>
            <RefreshIcon size={16} />
          </ActionIcon>
        </Tooltip>
      )}
      {isLast && can && canContinue && (
        <Button variant="subtle" color="gray" size="compact-sm" onClick={can.continueAnswer}>
          Continue
        </Button>
      )}
    </>
  );
  return (
    <Answer
      text={text}
      reasoning={reasoning}
      streaming={streaming}
      budget={budget}
      note={streaming ? null : endingNote(message, regenerate)}
      actions={actions}
    />
  );
}
