'use client';

import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { MAX_INSTRUCTIONS } from '#contract/instructions';
import { errorMessage } from '#src/client/errors.ts';
import { trpc } from '#src/client/trpc.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { InstructionsField } from '#src/components/instructions-field.tsx';
import { Section } from '#src/components/section.tsx';

/** The user's instructions for the model in all chats. */
export function ChatInstructions() {
  const utils = trpc.useUtils();
  const stored = trpc.chat.instructions.useQuery().data?.instructions ?? '';
  /** The text as it was edited; `null` if it was not. */
  const [edited, setEdited] = useState<string | null>(null);
  const save = trpc.chat.setInstructions.useMutation({
    onSuccess: (saved) => {
      utils.chat.instructions.setData(undefined, saved);
      setEdited((text) => (text === saved.instructions ? null : text));
    },
  });
  const text = edited ?? stored;
  const isChanged = text !== stored;

  return (
    <Section title="Instructions">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({ instructions: text });
        }}
      >
        <InstructionsField
          label="Instructions for all chats"
          description="Models follow them from the next answer on. A chat can have instructions of its own, in its menu."
          max={MAX_INSTRUCTIONS}
          value={text}
          onChange={setEdited}
        />
        <Group mt="md">
          <Button
            type="submit"
            loading={save.isPending}
            disabled={!isChanged || text.length > MAX_INSTRUCTIONS}
          >
            Save
          </Button>
          {save.isSuccess && !isChanged && (
            <Text size="sm" c="dimmed" role="status">
              Saved.
            </Text>
          )}
        </Group>
      </form>
      {save.isError && <ErrorNote>{errorMessage(save.error)}</ErrorNote>}
    </Section>
  );
}
