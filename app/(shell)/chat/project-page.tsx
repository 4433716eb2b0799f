'use client';

import { Button, Text, Title } from '@mantine/core';
import Link from 'next/link';
import { useTranslations } from '#texts';
import { trpc } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { MoreButton } from '#src/components/more-button.tsx';
import { chatsOf } from './chat-pages.ts';
import { useChatTitle } from './chat-title.ts';
import { projectPageChats } from './list-input.ts';
import { useProjectDialog } from './project-actions.tsx';
import classes from './project-page.module.css';
import { useChatPages } from './use-chat-lists.ts';

/** The name of a project, with a button that changes the project. */
export function ProjectHeading({ id }: { id: string }) {
  const t = useTranslations('shell.projectPage');
  const { data: project } = trpc.chat.projects.get.useQuery({ id });
  const show = useProjectDialog();
  if (!project) return null;
  return (
    <>
      <Title order={1} size="h2" mb={6} className={classes['name'] ?? ''}>
        {project.name}
      </Title>
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        mb={6}
        onClick={(event) => show({ kind: 'edit', project }, event.currentTarget)}
      >
        {project.instructions === '' ? t('addInstructions') : t('editInstructions')}
      </Button>
    </>
  );
}

/** The chats of a project, last active first. */
export function ProjectChats({ id }: { id: string }) {
  const t = useTranslations('shell.projectPage');
  const { messageOf } = useErrorMessages();
  const chatTitle = useChatTitle();
  const chats = useChatPages(projectPageChats(id));
  const items = chats.data ? chatsOf(chats.data) : [];
  return (
    <section aria-labelledby="project-chats" className={classes['chats']}>
      <h2 id="project-chats" className={classes['heading']}>
        {t('chats')}
      </h2>
      {chats.isError && !chats.data && (
        <ErrorNote onRetry={() => void chats.refetch()}>{messageOf(chats.error)}</ErrorNote>
      )}
      {chats.data && items.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('noChats')}
        </Text>
      )}
      <ul className={classes['list']} role="list">
        {items.map((chat) => (
          <li key={chat.id}>
            <Link href={`/chat/${chat.id}`} prefetch={false} className={classes['chat']}>
              {chatTitle(chat)}
            </Link>
          </li>
        ))}
      </ul>
      <MoreButton list={chats} label={t('loadMore')} />
    </section>
  );
}
