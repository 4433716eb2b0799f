'use client';

import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { MAX_INSTRUCTIONS } from '#contract/instructions';
import { trpc } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { InstructionsField } from '#src/components/instructions-field.tsx';
import { useTranslations } from '#texts';
import { SettingsSection } from './settings-section.tsx';

/** The user's instructions for the model in all chats. */
export function ChatInstructions() {
  const t = useTranslations('settings');
  const { messageOf } = useErrorMessages();
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
    <SettingsSection id="instructions">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({ instructions: text });
        }}
      >
        <InstructionsField
          label={t('instructions.label')}
          description={t('instructions.description')}
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
            {t('save')}
          </Button>
          {save.isSuccess && !isChanged && (
            <Text size="sm" c="dimmed" role="status">
              {t('saved')}
            </Text>
          )}
        </Group>
      </form>
      {save.isError && <ErrorNote>{messageOf(save.error)}</ErrorNote>}
    </SettingsSection>
  );
}
