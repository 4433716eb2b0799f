import { Container, Text, Title } from '@mantine/core';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { shareBudget } from '#src/components/budget.ts';
import { FinishedMarkdown } from '#src/components/finished-markdown.tsx';
import { LinkButton } from '#src/components/links.tsx';
import { LocalTime } from '#src/components/local-time.tsx';
import { Answer, UserMessage } from '#src/components/message.tsx';
import { PageHeader } from '#src/components/page-header.tsx';
import { findSharedChat } from '../../server.tsx';
import classes from './share.module.css';
import { PRODUCT } from '#contract/product';

type Props = PageProps<'/share/[token]'>;

async function findPage({ params, searchParams }: Props) {
  const { token } = await params;
  const { cursor } = await searchParams;
  const page = await findSharedChat(token, cursor?.toString());
  return page && { ...page, token, isFirst: cursor === undefined };
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const page = await findPage(props);
  return {
    title: page ? page.title || 'Untitled chat' : 'Shared chat not found',
    description: `A chat that was shared from ${PRODUCT.name}.`,
    robots: { index: false, follow: false },
    referrer: 'no-referrer',
  };
}

/** A shared chat, for anyone who has the link. It knows nothing of its reader. */
export default async function SharedChatPage(props: Props) {
  const page = await findPage(props);
  if (!page) notFound();
  const { title, sharedAt, items, nextCursor, token, isFirst } = page;
  const budgets = shareBudget(items, ({ role, text }) => ({
    text: role === 'user' ? '' : text,
    reasoning: '',
  }));
  return (
    <>
      <PageHeader>
        <LinkButton href="/" variant="default" size="sm" visibleFrom="sm">
          About {PRODUCT.name}
        </LinkButton>
      </PageHeader>
      <Container component="main" size={800} className={classes['page'] ?? ''}>
        <header className={classes['head']}>
          <Title order={1} size="h2" dir="auto">
            {title || 'Untitled chat'}
          </Title>
          <Text size="sm" c="dimmed" mt={6}>
            A copy of a chat, shared on <LocalTime date={sharedAt} />. Anyone with the link can read it.
          </Text>
        </header>
        {!isFirst && (
          <LinkButton href={`/share/${token}`} variant="default" size="compact-sm">
            Back to the beginning
          </LinkButton>
        )}
        {items.map(({ role, text, complete }, index) =>
          role === 'user' ? (
            <UserMessage key={index} text={text} />
          ) : (
            <Answer
              key={index}
              text={<FinishedMarkdown budget={budgets[index]?.text ?? 0}>{text}</FinishedMarkdown>}
              note={!complete && 'This answer is incomplete.'}
            />
          ),
        )}
        {nextCursor !== null && (
          <LinkButton href={`/share/${token}?cursor=${nextCursor}`} variant="default" size="sm">
            Next messages
          </LinkButton>
        )}
      </Container>
    </>
  );
}
