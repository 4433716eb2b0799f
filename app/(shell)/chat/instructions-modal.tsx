'use client';

import { Button, Group, Modal, Stack } from '@mantine/core';
import { useState } from 'react';
import { MAX_INSTRUCTIONS } from '#contract/instructions';
import { errorMessage } from '#src/client/errors.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { InstructionsField } from '#src/components/instructions-field.tsx';
import { TemperatureSelect } from './temperature-select.tsx';
import { chatTitle } from './chat-title.ts';
import { type Chat, useChatChanges } from './use-chat-changes.ts';

interface InstructionsModalProps {
  chat: Chat | null;
  opened: boolean;
  onClose: () => void;
}

/** Shows and changes the instructions of a chat. */
export function InstructionsModal({ chat, opened, onClose }: InstructionsModalProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={`Instructions for “${chatTitle(chat ?? undefined)}”`}
      centered
    >
      {chat && <InstructionsForm chat={chat} onClose={onClose} />}
    </Modal>
  );
}

function InstructionsForm({ chat, onClose }: { chat: Chat; onClose: () => void }) {
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
          label="Instructions"
          description="The model follows them in this chat only, in addition to those of your settings."
          max={MAX_INSTRUCTIONS}
          value={text}
          onChange={setText}
        />
        <TemperatureSelect model={chat.model} value={temperature} onChange={setTemperature} />
        {update.isError && <ErrorNote>{errorMessage(update.error)}</ErrorNote>}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={update.isPending} disabled={text.length > MAX_INSTRUCTIONS}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
