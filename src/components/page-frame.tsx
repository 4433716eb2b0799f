import { Container, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { LinkButton } from './links.tsx';
import classes from './page-frame.module.css';
import { PageHeader } from './page-header.tsx';

interface PageFrameProps {
  title: string;
  /** The maximum width of the content. */
  size: 'sm' | 'lg';
  children: ReactNode;
}

/** The layout of pages outside the chat. */
export function PageFrame({ title, size, children }: PageFrameProps) {
  return (
    <div className={classes['page']}>
      <PageHeader>
        <LinkButton href="/chat" variant="default" size="sm">
          Your chats
        </LinkButton>
      </PageHeader>
      <Container component="main" size={size} pt="md" pb={80}>
        <Title order={1} size="h2" mb="lg">
          {title}
        </Title>
        {children}
      </Container>
    </div>
  );
}
