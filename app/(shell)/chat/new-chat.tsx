'use client';

import { Switch, Text, Title, UnstyledButton } from '@mantine/core';
import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import type { Question } from '#src/client/drafts.ts';
import { moveComposer } from '#src/client/uploads.ts';
import { trpc } from '#src/client/trpc.ts';
import { UserMessage, Writing } from '#src/components/message.tsx';
import { useTranslations } from '#texts';
import classes from './[id]/conversation.module.css';
import { ChatComposer } from './chat-composer.tsx';
import { loadAnswerParts } from './load-answer-parts.ts';
import { ModelHint } from './model-hint.tsx';
import { ModelSelect } from './model-select.tsx';
import { ProjectChats, ProjectHeading } from './project-page.tsx';
import shell from './shell.module.css';
import { TopBar } from './top-bar.tsx';
import { UnsentQuestions } from './unsent-questions.tsx';
import { useLastModel } from './use-last-model.ts';
import { notifyOtherTabs } from './use-other-tabs.ts';
import { newQuestion, sentQuestion, useOutbox } from './use-outbox.ts';

const SUGGESTIONS = ['first', 'second', 'third'] as const;

/**
 * A chat that is created when its first question is sent. The page then goes to the chat's URL. A question that was not
 * accepted stays here, and the next one starts another chat.
 * @param projectId the project that the chat is in. The page then also has the chats of the project.
 */
export function NewChat({ projectId }: { projectId?: string }) {
  const t = useTranslations('chat.newChat');
  const router = useRouter();
  const utils = trpc.useUtils();
  const [model, setModel] = useLastModel();
  const [temporary, setTemporary] = useState(false);
  const [asked, setAsked] = useState<Question | null>(null);
  const input = useRef<HTMLTextAreaElement>(null);
  const create = trpc.chat.create.useMutation({ networkMode: 'always' });
  const update = trpc.chat.update.useMutation({ networkMode: 'always' });
  const sending = trpc.chat.send.useMutation({ networkMode: 'always' });

  // The id of the question is also the client id of its chat, so a retry uses the same chat. A temporary chat has another
  // id, so that a retry does not find an ordinary one.
  const isPlain = model === null && !temporary && projectId === undefined;
  const draftOf = projectId === undefined ? null : `project-${projectId}`;
  const outbox = useOutbox(draftOf, async (question) => {
    const { id } = question;
    const chatId = temporary ? `temporary-${id}` : id;
    if (!isPlain) {
      const chat = await create.mutateAsync({
        clientId: chatId,
        temporary,
        ...(projectId !== undefined && { projectId }),
        ...(model !== null && { model }),
      });
      if (chat.model !== model) await update.mutateAsync({ id: chat.id, model });
    }
    return sending.mutateAsync({
      chatId,
      clientRequestId: id,
      ...sentQuestion(question),
      shown: { id },
      createChat: isPlain,
    });
  });
  const { place } = outbox;
  const isMounted = useRef(false);
  const createdId = useRef<string | null>(null);
  useEffect(() => {
    isMounted.current = true;
    return () => {
      isMounted.current = false;
      // What was typed meanwhile belongs to the chat that the page goes to.
      if (createdId.current !== null) moveComposer(place, { ...place, chatId: createdId.current });
    };
  }, [place]);
  const unsent = outbox.unsent.filter(({ id }) => id !== asked?.id);

  async function ask(question: Question) {
    loadAnswerParts();
    setAsked(question);
    const run = await outbox.send(question, 'draft');
    if (run) {
      notifyOtherTabs(run.chatId);
      void utils.chat.list.invalidate();
      if (!isMounted.current) return;
      createdId.current = run.chatId;
      router.push(`/chat/${run.chatId}`);
    } else setAsked(null);
  }

  function toInput() {
    input.current?.focus();
  }

  return (
    <>
      <TopBar>
        {projectId === undefined && (
          <Switch
            className={shell['barEnd'] ?? ''}
            size="sm"
            label={t('temporary')}
            labelPosition="left"
            checked={temporary}
            disabled={asked !== null}
            onChange={(event) => setTemporary(event.currentTarget.checked)}
          />
        )}
      </TopBar>
      {asked === null ? (
        <div className={classes['welcome']}>
          {projectId === undefined ? (
            <Title order={1} size="h2" mb={6}>
              {t('title')}
            </Title>
          ) : (
            <ProjectHeading id={projectId} />
          )}
          <ModelHint model={model} />
          {temporary && (
            <Text c="dimmed" size="sm" mt={6}>
              {t('temporaryHint')}
            </Text>
          )}
          {projectId === undefined && (
            <div className={classes['suggestions']}>
              {SUGGESTIONS.map((key) => (
                <UnstyledButton
                  key={key}
                  className={classes['suggestion'] ?? ''}
                  onClick={() => void ask(newQuestion(t(`suggestions.${key}`)))}
                >
                  {t(`suggestions.${key}`)}
                </UnstyledButton>
              ))}
            </div>
          )}
        </div>
      ) : (
        <div className={classes['viewport']}>
          <div className={classes['column']}>
            <UserMessage text={asked.text} files={asked.files} />
            <Writing />
          </div>
        </div>
      )}
      {asked === null && unsent.length > 0 && (
        <div className={classes['unsent']} role="log" aria-label={t('unsent')}>
          <UnsentQuestions
            questions={unsent}
            outbox={outbox}
            canRetry
            onRetry={(question) => void ask(question)}
            onAction={toInput}
          />
        </div>
      )}
      <div className={classes['dock']} data-first={asked === null || undefined}>
        <ChatComposer
          outbox={outbox}
          inputRef={input}
          writing={asked !== null}
          onSend={(text, files) => void ask(newQuestion(text, files))}
        >
          <ModelSelect value={model} onChange={setModel} />
        </ChatComposer>
      </div>
      {projectId !== undefined && asked === null && <ProjectChats id={projectId} />}
    </>
  );
}
