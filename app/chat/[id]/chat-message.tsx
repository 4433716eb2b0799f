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

/** What can be done with the messages of a chat. */
interface Can {
  /** Has an answer written anew. */
  regenerate: (messageId: string) => void;
  /** Has the last answer go on where it broke off. */
  goOn: () => void;
  /** Shows another version of a message. */
  selectBranch: (messageId: string) => void;
}

interface ChatMessageViewProps {
  message: ChatMessage;
  isLast: boolean;
  /** Whether it is being written. */
  streaming: boolean;
  /** How much of it is parsed. */
  budget: Budget;
  /** Null while an answer is being written. */
  can: Can | null;
}

/** What to say of an answer that did not come to its regular end. */
function endingNote({ metadata = {} }: ChatMessage, onRetry: (() => void) | undefined): ReactNode {
  const { status, error, detail } = metadata;
  if (status === 'stopped') return 'You stopped this answer.';
  if (status === 'interrupted') return 'This answer was interrupted: the server that wrote it went away.';
  if (status !== 'failed') return null;
  const { title, retryable } = ERRORS[error ?? 'INTERNAL_SERVER_ERROR'];
  return (
    <ErrorNote onRetry={onRetry} retryLabel={retryable ? 'Try again' : 'Answer anew'}>
      {detail ?? `${title}.`}
    </ErrorNote>
  );
}

function CopyAction({ text }: { text: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : 'Copy'}>
          <ActionIcon variant="subtle" color="gray" aria-label="Copy the answer" onClick={copy}>
            {copied ? <CheckIcon size={16} /> : <CopyIcon size={16} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}

/** One message of a chat. */
export function ChatMessageView({ message, isLast, streaming, budget, can }: ChatMessageViewProps) {
  const { id, role, metadata = {} } = message;
  const text = textOf(message);
  const versions = can && <Versions ids={metadata.branchIds ?? []} id={id} onSelect={can.selectBranch} />;
  if (role === 'user') return <UserMessage text={text} actions={versions} />;

  const reasoning = reasoningOf(message);
  const anew = isLast && can ? () => can.regenerate(id) : undefined;
  const brokeOff = metadata.status === 'stopped' || metadata.status === 'interrupted';
  const actions = !streaming && (
    <>
      {versions}
      {text !== '' && <CopyAction text={text} />}
      {anew && (
        <Tooltip label="Answer anew">
          <ActionIcon variant="subtle" color="gray" aria-label="Answer anew" onClick={anew}>
            <RefreshIcon size={16} />
          </ActionIcon>
        </Tooltip>
      )}
      {isLast && can && brokeOff && (
        <Button variant="subtle" color="gray" size="compact-sm" onClick={can.goOn}>
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
      note={streaming ? null : endingNote(message, anew)}
      actions={actions}
    />
  );
}
