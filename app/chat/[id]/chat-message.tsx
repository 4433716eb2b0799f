'use client';

import { ActionIcon, CopyButton, Tooltip } from '@mantine/core';
import { memo, type ReactNode } from 'react';
import { ERRORS } from '#contract/errors';
import { type ChatMessage, textOf } from '#src/client/messages.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { CheckIcon, CopyIcon, RefreshIcon } from '#src/components/icons.tsx';
import { Answer, UserMessage } from '#src/components/message.tsx';

interface ChatMessageViewProps {
  message: ChatMessage;
  isLast: boolean;
  /** Whether it is being written. */
  streaming: boolean;
  /** Has an answer written anew; not while another one is being written. */
  onRegenerate: ((messageId: string) => void) | undefined;
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
export const ChatMessageView = memo(function ChatMessageView(props: ChatMessageViewProps) {
  const { message, isLast, streaming, onRegenerate } = props;
  const text = textOf(message);
  if (message.role === 'user') return <UserMessage text={text} />;

  const reasoning = message.parts
    .flatMap((part) => (part.type === 'reasoning' ? [part.text] : []))
    .join('\n\n');
  const anew = isLast && onRegenerate ? () => onRegenerate(message.id) : undefined;
  const actions = !streaming && (text !== '' || anew) && (
    <>
      {text !== '' && <CopyAction text={text} />}
      {anew && (
        <Tooltip label="Answer anew">
          <ActionIcon variant="subtle" color="gray" aria-label="Answer anew" onClick={anew}>
            <RefreshIcon size={16} />
          </ActionIcon>
        </Tooltip>
      )}
    </>
  );
  return (
    <Answer
      text={text}
      reasoning={reasoning}
      streaming={streaming}
      note={streaming ? null : endingNote(message, anew)}
      actions={actions}
    />
  );
});
