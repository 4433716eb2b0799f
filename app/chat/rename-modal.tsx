'use client';

import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';

interface RenameModalProps {
  opened: boolean;
  onClose: () => void;
  title: string;
  onRename: (title: string) => void;
}

/** Asks for another title. */
export function RenameModal({ opened, onClose, title, onRename }: RenameModalProps) {
  const [text, setText] = useState(title);
  return (
    <Modal opened={opened} onClose={onClose} title="Rename chat" centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== '') onRename(text.trim());
        }}
      >
        <Stack>
          <TextInput
            label="Title"
            data-autofocus
            maxLength={200}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={text.trim() === ''}>
              Rename
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
