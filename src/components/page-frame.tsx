import { Container, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface PageFrameProps {
  title: string;
  /** The maximum width of the content. */
  size: 'sm' | 'md' | 'lg';
  children: ReactNode;
}

/** The title and the content of a page beside the chats. Its layout is that of app/(shell)/(pages)/. */
export function PageFrame({ title, size, children }: PageFrameProps) {
  return (
    <Container size={size} w="100%" pt="xs" pb={80}>
      <Title order={1} size="h2" mb="lg">
        {title}
      </Title>
      {children}
    </Container>
  );
}
