import { Container, Group, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Brand } from './brand.tsx';
import { ColorSchemeToggle } from './color-scheme-toggle.tsx';
import { LinkAnchor, LinkButton } from './links.tsx';
import classes from './page-frame.module.css';

interface PageFrameProps {
  title: string;
  /** How wide the content may be. */
  size: 'sm' | 'lg';
  children: ReactNode;
}

/** The frame of pages beside the chat. */
export function PageFrame({ title, size, children }: PageFrameProps) {
  return (
    <div className={classes['page']}>
      <header className={classes['header']}>
        <LinkAnchor href="/" c="inherit" underline="never" aria-label="Switchboard, home">
          <Brand />
        </LinkAnchor>
        <Group gap="xs">
          <ColorSchemeToggle />
          <LinkButton href="/chat" variant="default" size="sm">
            Back to your chats
          </LinkButton>
        </Group>
      </header>
      <Container component="main" size={size} pt="md" pb={80}>
        <Title order={1} size="h2" mb="lg">
          {title}
        </Title>
        {children}
      </Container>
    </div>
  );
}
