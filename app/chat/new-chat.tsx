'use client';

import { Text, Title, UnstyledButton } from '@mantine/core';
import { generateId } from 'ai';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { errorMessage } from '#src/client/errors.ts';
import { trpc } from '#src/client/trpc.ts';
import { Composer } from '#src/components/composer.tsx';
import { ErrorNote } from '#src/components/error-note.tsx';
import { UserMessage, Writing } from '#src/components/message.tsx';
import classes from './[id]/conversation.module.css';
import { ModelSelect } from './model-select.tsx';
import { TopBar } from './top-bar.tsx';
import { notifyOtherTabs } from './use-other-tabs.ts';

const SUGGESTIONS = [
  'How do I add a procedure?',
  'Which settings are there?',
  'How do I deploy on Postgres?',
];

/** The first message, with ids from the client: sent twice, it still creates one chat and one answer. */
interface Draft {
  text: string;
  clientId: string;
  clientRequestId: string;
}

/** A chat that is created when its first message is sent. The page then goes to the chat's URL. */
export function NewChat() {
  const router = useRouter();
  const utils = trpc.useUtils();
  const [model, setModel] = useState<string | null>(null);
  const [draft, setDraft] = useState<Draft | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const create = trpc.chat.create.useMutation();
  const send = trpc.chat.send.useMutation();

  async function submit(message: Draft) {
    const { text, clientId, clientRequestId } = message;
    setDraft(message);
    setFailure(null);
    try {
      const { id } = await create.mutateAsync({ clientId, ...(model !== null && { model }) });
      await send.mutateAsync({ chatId: id, clientRequestId, parts: [{ type: 'text', text }] });
      router.push(`/chat/${id}`);
      notifyOtherTabs(id);
      await utils.chat.list.invalidate();
    } catch (error) {
      setFailure(errorMessage(error));
    }
  }

  const start = (text: string) =>
    void submit({ text, clientId: generateId(), clientRequestId: generateId() });

  return (
    <>
      <TopBar />
      {draft === null ? (
        <div className={classes['welcome']}>
          <Title order={1} size="h2" mb={6}>
            What would you like to know?
          </Title>
          <Text c="dimmed">Ask about this installation, or anything your model knows.</Text>
          <div className={classes['suggestions']}>
            {SUGGESTIONS.map((text) => (
              <UnstyledButton key={text} className={classes['suggestion'] ?? ''} onClick={() => start(text)}>
                {text}
              </UnstyledButton>
            ))}
          </div>
        </div>
      ) : (
        <div className={classes['viewport']}>
          <div className={classes['column']}>
            <UserMessage text={draft.text} />
            {failure === null ? (
              <Writing />
            ) : (
              <ErrorNote onRetry={() => void submit(draft)}>{failure}</ErrorNote>
            )}
          </div>
        </div>
      )}
      <div className={classes['dock']}>
        <Composer onSend={start} writing={draft !== null && failure === null}>
          <ModelSelect value={model} onChange={setModel} />
        </Composer>
      </div>
    </>
  );
}
