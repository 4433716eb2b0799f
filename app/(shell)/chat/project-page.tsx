'use client';

import { Button, Text, Title } from '@mantine/core';
import Link from 'next/link';
import { errorMessage } from '#src/client/errors.ts';
import { trpc } from '#src/client/trpc.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { MoreButton } from '#src/components/more-button.tsx';
import { chatTitle } from './chat-title.ts';
import { projectPageChats } from './list-input.ts';
import { useProjectDialog } from './project-actions.tsx';
import classes from './project-page.module.css';

/** The name of a project, with a button that changes the project. */
export function ProjectHeading({ id }: { id: string }) {
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
        {project.instructions === '' ? 'Add instructions' : 'Edit instructions'}
      </Button>
    </>
  );
}

/** The chats of a project, last active first. */
export function ProjectChats({ id }: { id: string }) {
  const chats = trpc.chat.list.useInfiniteQuery(projectPageChats(id), {
    getNextPageParam: (page) => page.nextCursor,
  });
  const items = chats.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section aria-labelledby="project-chats" className={classes['chats']}>
      <h2 id="project-chats" className={classes['heading']}>
        Chats in this project
      </h2>
      {chats.isError && !chats.data && (
        <ErrorNote onRetry={() => void chats.refetch()}>{errorMessage(chats.error)}</ErrorNote>
      )}
      {chats.data && items.length === 0 && (
        <Text size="sm" c="dimmed">
          No chats yet. Ask something above, or move a chat here by its menu.
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
      <MoreButton list={chats} label="Load more chats of this project" />
    </section>
  );
}
