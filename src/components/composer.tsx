'use client';

import { ActionIcon, Textarea } from '@mantine/core';
import { useMergedRef } from '@mantine/hooks';
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import classes from './composer.module.css';
import { ArrowUpIcon, StopIcon } from './icons.tsx';

/** The server's maximum length of a message, in UTF-16 code units. */
const MAX_LENGTH = 100_000;

interface ComposerProps {
  onSend: (text: string) => void;
  /** True if an answer is in progress. Then the button stops it, and no message can be sent. */
  writing?: boolean;
  onStop?: () => void;
  /** True if a stop was requested. */
  stopping?: boolean;
  /** Controls below the text, such as the select of models. */
  children?: ReactNode;
  inputRef?: RefObject<HTMLTextAreaElement | null>;
}

/** The input for a message. Enter sends it, Shift+Enter starts a new line. */
export function Composer(props: ComposerProps) {
  const { onSend, writing = false, onStop, stopping = false, children, inputRef } = props;
  const [text, setText] = useState('');
  const own = useRef<HTMLTextAreaElement>(null);
  const isEmpty = text.trim() === '';

  useEffect(() => {
    // On a touch device, the focus would open a keyboard that covers the page.
    if (window.matchMedia('(pointer: fine)').matches) own.current?.focus();
  }, []);

  function send() {
    if (isEmpty || writing) return;
    onSend(text.trim());
    setText('');
  }

  function onKeyDown(event: KeyboardEvent) {
    // While an input method is composing a character, Enter belongs to it.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  }

  return (
    <form
      className={classes['form']}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Textarea
        ref={useMergedRef(own, inputRef)}
        aria-label="Message"
        placeholder="Ask anything"
        variant="unstyled"
        autosize
        minRows={1}
        maxRows={10}
        maxLength={MAX_LENGTH}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
        }}
        onKeyDown={onKeyDown}
        classNames={{ root: classes['text'] ?? '', input: classes['input'] ?? '' }}
      />
      <div className={classes['extra']}>{children}</div>
      {writing ? (
        <ActionIcon
          className={classes['send'] ?? ''}
          size={36}
          radius="xl"
          aria-label="Stop the answer"
          disabled={!onStop}
          loading={stopping}
          onClick={onStop}
        >
          <StopIcon />
        </ActionIcon>
      ) : (
        <ActionIcon
          className={classes['send'] ?? ''}
          size={36}
          radius="xl"
          type="submit"
          aria-label="Send"
          disabled={isEmpty}
        >
          <ArrowUpIcon />
        </ActionIcon>
      )}
    </form>
  );
}
