'use client';

import { Menu } from '@mantine/core';
import { type ChatMessage, textOf } from '#src/client/messages.ts';
import { canSpeak, readAloud, stopReading, useReading } from '#src/client/speech.ts';
import { trpc } from '#src/client/trpc.ts';
import { useTranslations } from '#texts';
import { ForkIcon, SpeakerIcon } from '#src/components/icons.tsx';
import { shownText } from '#src/components/message.tsx';
import { ListMenu } from '#src/components/list-menu.tsx';
import classes from './message-list.module.css';

/** A message whose menu is open, and the button that opened it. */
export interface MenuOfMessage {
  message: ChatMessage;
  button: HTMLButtonElement;
}

export interface MessageMenuProps {
  /** The message whose menu is open, or was open last. */
  of: MenuOfMessage | null;
  isOpen: boolean;
  onClose: () => void;
  /** Starts a new chat with the messages up to this one. */
  onFork: (messageId: string) => void;
  /** Regenerates an answer with another model. */
  onRegenerate: (messageId: string, model: string) => void;
}

/** The menu of a message. */
export function MessageMenu({ of, isOpen, onClose, onFork, onRegenerate }: MessageMenuProps) {
  const t = useTranslations('chat.conversation');
  const tModel = useTranslations('chat.model');
  const { data } = trpc.chat.models.useQuery();
  const reading = useReading();
  const message = of?.message;
  const models = data?.items.filter(({ available }) => available) ?? [];
  return (
    <ListMenu
      button={of?.button ?? null}
      isOpen={isOpen}
      onClose={onClose}
      label={t('moreActions')}
      position="bottom-start"
      width={240}
    >
      <Menu.Item
        leftSection={<ForkIcon size={16} />}
        onClick={() => {
          if (message) onFork(message.id);
        }}
      >
        {t('fork')}
      </Menu.Item>
      {of?.message.role === 'assistant' && textOf(of.message) !== '' && canSpeak() && (
        <Menu.Item
          leftSection={<SpeakerIcon size={16} />}
          onClick={() => {
            if (reading === of.message.id) stopReading();
            else readAloud(of.message.id, shownText(of.button));
          }}
        >
          {reading === of.message.id ? t('stopReading') : t('readAloud')}
        </Menu.Item>
      )}
      {message?.role === 'assistant' && models.length > 1 && (
        <>
          <Menu.Divider />
          <Menu.Label>{t('regenerateWith')}</Menu.Label>
          <div className={classes['models']}>
            {models.map(({ id, name, provider }) => (
              <Menu.Item
                key={id}
                translate={provider === 'guide' ? undefined : 'no'}
                onClick={() => onRegenerate(message.id, id)}
              >
                {provider === 'guide' ? tModel('offlineGuide') : name}
              </Menu.Item>
            ))}
          </div>
        </>
      )}
    </ListMenu>
  );
}
