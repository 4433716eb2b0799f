import { Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { anchorOf } from './anchor.ts';

interface SectionProps {
  title: string;
  description?: ReactNode;
  children: ReactNode;
}

/** A section of a page. */
export function Section({ title, description, children }: SectionProps) {
  return (
    <Paper
      component="section"
      id={anchorOf(title)}
      aria-label={title}
      withBorder
      radius="lg"
      p={{ base: 'md', sm: 'xl' }}
      bg="var(--sb-raised)"
    >
      <Title order={3} size="h5">
        {title}
      </Title>
      {description !== undefined && (
        <Text size="sm" c="dimmed" mt={4}>
          {description}
        </Text>
      )}
      <Stack gap="md" mt="md">
        {children}
      </Stack>
    </Paper>
  );
}
