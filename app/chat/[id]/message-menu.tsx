'use client';

import { Menu } from '@mantine/core';
import { useState } from 'react';
import type { ChatMessage } from '#src/client/messages.ts';
import { trpc } from '#src/client/trpc.ts';
import { ForkIcon } from '#src/components/icons.tsx';
import { ExistingTarget } from '../existing-target.tsx';
import classes from './message-list.module.css';

/** A message whose menu is open, and the button that opened it. */
export interface MenuOfMessage {
  message: ChatMessage;
  button: HTMLButtonElement;
}

interface MessageMenuProps {
  /** The message whose menu is open, or was open last. */
  of: MenuOfMessage | null;
  isOpen: boolean;
  onClose: () => void;
  /** Starts a new chat with the messages up to this one. */
  onFork: (messageId: string) => void;
  /** Regenerates an answer with another model. */
  onRegenerate: (messageId: string, model: string) => void;
}

/** The menu of a message. A list has only one, which opens beside the button of each message. */
export function MessageMenu({ of, isOpen, onClose, onFork, onRegenerate }: MessageMenuProps) {
  const { data } = trpc.chat.models.useQuery();
  /** True if the chosen action moves the focus itself. */
  const [movesFocus, setMovesFocus] = useState(false);
  const message = of?.message;
  const models = data?.items.filter(({ available }) => available) ?? [];
  return (
    <Menu
      opened={isOpen}
      onClose={onClose}
      onExitTransitionEnd={() => setMovesFocus(false)}
      returnFocus={!movesFocus}
      position="bottom-start"
      width={240}
      withinPortal
    >
      <Menu.Target>
        <ExistingTarget element={of?.button ?? null} />
      </Menu.Target>
      <Menu.Dropdown aria-label="More actions" aria-labelledby={undefined}>
        <Menu.Item
          leftSection={<ForkIcon size={16} />}
          onClick={() => {
            if (message) onFork(message.id);
          }}
        >
          New chat from here
        </Menu.Item>
        {message?.role === 'assistant' && models.length > 1 && (
          <>
            <Menu.Divider />
            <Menu.Label>Regenerate with</Menu.Label>
            <div className={classes['models']}>
              {models.map(({ id, name }) => (
                <Menu.Item
                  key={id}
                  onClick={() => {
                    setMovesFocus(true);
                    onRegenerate(message.id, id);
                  }}
                >
                  {name}
                </Menu.Item>
              ))}
            </div>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
