'use client';

import { ActionIcon, Text, Textarea } from '@mantine/core';
import { useMediaQuery, useMergedRef } from '@mantine/hooks';
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useEffectEvent,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { useTranslations } from '#texts';
import classes from './composer.module.css';
import { ArrowUpIcon, StopIcon } from './icons.tsx';

/** The server's maximum length of a message, in UTF-16 code units. */
const MAX_LENGTH = 100_000;

/** Devices without a mouse, whose keyboard is on the screen. */
const TOUCH = '(hover: none) and (pointer: coarse)';

/** The key code of a key that belongs to an input method. */
const IME_KEY_CODE = 229;

interface ComposerProps {
  text: string;
  onChange: (text: string) => void;
  /** Sends the text, or queues it while an answer is in progress. */
  onSend: (text: string) => void;
  /** True if the message has files, and needs no text. */
  hasFiles?: boolean;
  /** True while a file is being uploaded, for which the message waits. */
  isUploading?: boolean;
  /** True if an answer is in progress. Then a button stops it. */
  writing?: boolean;
  /** True if a message can be queued while an answer is in progress. */
  canQueue?: boolean;
  onStop?: () => void;
  /** True if a stop was requested. */
  stopping?: boolean;
  /** Controls below the text, such as the select of models. */
  children?: ReactNode;
  inputRef?: RefObject<HTMLTextAreaElement | null>;
}

/** Returns true if the key belongs to an input method, which is composing a character. */
export function isComposing({ nativeEvent }: KeyboardEvent): boolean {
  // Safari ends the composition before the Enter that confirms it, and only its key code tells.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- no other property has this information.
  return nativeEvent.isComposing || nativeEvent.keyCode === IME_KEY_CODE;
}

/** Returns true if the key sends a message: Enter, on a device without touch keyboard, or with Ctrl or Cmd. */
export function sendsMessage(event: KeyboardEvent): boolean {
  if (event.key !== 'Enter' || isComposing(event)) return false;
  const isForced = event.ctrlKey || event.metaKey;
  return isForced || !(event.shiftKey || window.matchMedia(TOUCH).matches);
}

/**
 * Tells whether a key moved the focus to a text field. A text field always matches `:focus-visible`, but a page focuses
 * its composer by itself, and then the caret is enough. A key that is released in the field but was not pressed there
 * has moved the focus, such as Tab, or Escape in a dialog.
 */
function useFocusByKey() {
  const [isByKey, setIsByKey] = useState(false);
  const wasPressedHere = useRef(false);
  return {
    isByKey,
    handlers: {
      onFocus: () => {
        wasPressedHere.current = false;
      },
      onKeyUp: () => {
        if (!wasPressedHere.current) setIsByKey(true);
      },
      onBlur: () => setIsByKey(false),
    },
    onKeyDown: () => {
      wasPressedHere.current = true;
    },
  };
}

/**
 * The input for a message. Enter sends it, and Shift+Enter starts a new line. On touch keyboards, which have no Shift
 * for Enter, Enter starts a new line.
 */
export function Composer(props: ComposerProps) {
  const t = useTranslations('chat.composer');
  const { text, onChange, onSend, writing = false, canQueue = false, onStop, stopping = false } = props;
  const own = useRef<HTMLTextAreaElement>(null);
  const noteId = useId();
  const focus = useFocusByKey();
  const enterKey = useMediaQuery(TOUCH, false) ? 'enter' : 'send';
  const { length } = text.trim();
  const excess = Math.max(0, length - MAX_LENGTH);
  const { hasFiles = false, isUploading = false } = props;
  const isReady = (length > 0 || hasFiles) && !isUploading;
  const canSend = isReady && excess === 0 && (!writing || canQueue);

  const adoptTyped = useEffectEvent(() => {
    const typed = own.current?.value ?? '';
    if (typed !== '' && typed !== text) onChange(typed);
  });
  // Keeps what was typed before the page listened to it.
  useLayoutEffect(() => adoptTyped(), []);

  useEffect(() => {
    // On a touch device, the focus would open a keyboard that covers the page.
    if (window.matchMedia('(pointer: fine)').matches) own.current?.focus();
  }, []);

  function send() {
    if (canSend) onSend(text);
  }

  function onKeyDown(event: KeyboardEvent) {
    focus.onKeyDown();
    if (!sendsMessage(event)) return;
    event.preventDefault();
    send();
  }

  const sendLabel = t(writing ? 'sendLater' : 'send');
  return (
    <form
      className={classes['form']}
      data-focused-by-key={focus.isByKey || undefined}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Textarea
        ref={useMergedRef(own, props.inputRef)}
        aria-label={t('message')}
        aria-describedby={excess > 0 ? noteId : undefined}
        placeholder={t('placeholder')}
        variant="unstyled"
        autosize
        minRows={1}
        maxRows={10}
        enterKeyHint={enterKey}
        value={text}
        onChange={(event) => {
          onChange(event.currentTarget.value);
        }}
        {...focus.handlers}
        onKeyDown={onKeyDown}
        classNames={{ root: classes['text'] ?? '', input: classes['input'] ?? '' }}
      />
      {excess > 0 && (
        <Text
          id={noteId}
          role="status"
          size="sm"
          c="var(--mantine-color-red-light-color)"
          className={classes['note'] ?? ''}
        >
          {t('tooLong', { length, excess })}
        </Text>
      )}
      <div className={classes['extra']}>{props.children}</div>
      <div className={classes['buttons']}>
        {writing && (
          <ActionIcon
            size={36}
            radius="xl"
            variant={canSend ? 'default' : 'filled'}
            aria-label={t('stop')}
            disabled={!onStop}
            loading={stopping}
            onClick={onStop}
          >
            <StopIcon />
          </ActionIcon>
        )}
        {(!writing || canSend) && (
          <ActionIcon
            size={36}
            radius="xl"
            type="submit"
            aria-label={sendLabel}
            title={writing ? sendLabel : undefined}
            disabled={!canSend}
          >
            <ArrowUpIcon />
          </ActionIcon>
        )}
      </div>
    </form>
  );
}
