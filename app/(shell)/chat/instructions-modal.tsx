'use client';

import { Button, Group, Modal, Stack } from '@mantine/core';
import { useState } from 'react';
import { MAX_INSTRUCTIONS } from '#contract/instructions';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { InstructionsField } from '#src/components/instructions-field.tsx';
import { useTranslations } from '#texts';
import { TemperatureSelect } from './temperature-select.tsx';
import { useChatTitle } from './chat-title.ts';
import type { Chat } from './chat-pages.ts';
import { useChatChanges } from './use-chat-changes.ts';

interface InstructionsModalProps {
  chat: Chat | null;
  opened: boolean;
  onClose: () => void;
}

/** Shows and changes the instructions of a chat. */
export function InstructionsModal({ chat, opened, onClose }: InstructionsModalProps) {
  const t = useTranslations('chat.instructions');
  const chatTitle = useChatTitle();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('title', { title: chatTitle(chat ?? undefined) })}
      centered
    >
      {chat && <InstructionsForm chat={chat} onClose={onClose} />}
    </Modal>
  );
}

function InstructionsForm({ chat, onClose }: { chat: Chat; onClose: () => void }) {
  const t = useTranslations('chat.instructions');
  const tCommon = useTranslations('common');
  const { messageOf } = useErrorMessages();
  const [text, setText] = useState(chat.instructions);
  const [temperature, setTemperature] = useState(chat.temperature);
  const { update } = useChatChanges();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        update.mutate({ id: chat.id, instructions: text, temperature }, { onSuccess: onClose });
      }}
    >
      <Stack>
        <InstructionsField
          label={t('label')}
          description={t('description')}
          max={MAX_INSTRUCTIONS}
          value={text}
          onChange={setText}
        />
        <TemperatureSelect model={chat.model} value={temperature} onChange={setTemperature} />
        {update.isError && <ErrorNote>{messageOf(update.error)}</ErrorNote>}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {tCommon('cancel')}
          </Button>
          <Button type="submit" loading={update.isPending} disabled={text.length > MAX_INSTRUCTIONS}>
            {t('save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
