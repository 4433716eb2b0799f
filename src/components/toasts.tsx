'use client';

import { Button, Group, Notification, Portal, Text } from '@mantine/core';
import { createContext, type ReactNode, use, useCallback, useEffect, useRef, useState } from 'react';
import { useTranslations } from '#texts';
import classes from './toasts.module.css';

/** How long a message is shown while it is neither pointed at nor focused, in milliseconds. Errors stay. */
const SHOWN_MS = 10_000;
/** The maximum number of messages. The oldest is removed first. */
const MAX_TOASTS = 3;

/** A short message about something that has happened. */
export interface Toast {
  text: string;
  isError?: boolean;
  /** What can be done about it. */
  action?: { label: string; run: () => void };
}

const AddToast = createContext<(toast: Toast) => void>(() => undefined);

/** Returns a function that shows a message. */
export function useToast(): (toast: Toast) => void {
  return use(AddToast);
}

interface ToastViewProps extends Toast {
  onClose: () => void;
}

function ToastView({ text, isError = false, action, onClose }: ToastViewProps) {
  const t = useTranslations('common');
  const root = useRef<HTMLDivElement>(null);
  /** The element that had the focus before a control of this message. */
  const before = useRef<HTMLElement | null>(null);
  const [isHeld, setIsHeld] = useState(false);

  useEffect(() => {
    if (isError || isHeld) return;
    const timer = setTimeout(onClose, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isError, isHeld, onClose]);

  function close() {
    if (root.current?.contains(document.activeElement)) before.current?.focus();
    onClose();
  }

  return (
    <Notification
      ref={root}
      role={isError ? 'alert' : 'status'}
      color={isError ? 'red' : 'ink'}
      withBorder
      className={classes['toast'] ?? ''}
      closeButtonProps={{ 'aria-label': t('dismiss') }}
      onClose={close}
      onMouseEnter={() => setIsHeld(true)}
      onMouseLeave={() => setIsHeld(false)}
      onFocus={({ currentTarget, relatedTarget }) => {
        setIsHeld(true);
        if (relatedTarget instanceof HTMLElement && !currentTarget.contains(relatedTarget)) {
          before.current = relatedTarget;
        }
      }}
      onBlur={() => setIsHeld(false)}
    >
      <Group justify="space-between" gap="sm" wrap="nowrap">
        <Text size="sm" className={classes['text'] ?? ''}>
          {text}
        </Text>
        {action && (
          <Button
            size="compact-sm"
            variant="default"
            style={{ flexShrink: 0 }}
            onClick={() => {
              close();
              action.run();
            }}
          >
            {action.label}
          </Button>
        )}
      </Group>
    </Notification>
  );
}

/** Shows the messages of `useToast` above the page. */
export function Toasts({ children }: { children: ReactNode }) {
  const t = useTranslations('common');
  const [toasts, setToasts] = useState<(ToastViewProps & { id: number })[]>([]);
  const lastId = useRef(0);
  const add = useCallback((toast: Toast) => {
    const id = ++lastId.current;
    const onClose = () => setToasts((shown) => shown.filter((other) => other.id !== id));
    setToasts((shown) => [...shown, { ...toast, id, onClose }].slice(-MAX_TOASTS));
  }, []);
  return (
    <AddToast value={add}>
      {children}
      <Portal>
        <div className={classes['toasts']} role="region" aria-label={t('notifications')} aria-live="polite">
          {toasts.map(({ id, ...toast }) => (
            <ToastView key={id} {...toast} />
          ))}
        </div>
      </Portal>
    </AddToast>
  );
}
