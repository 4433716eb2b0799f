import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Mark } from './brand.tsx';

interface NoticeProps {
  title: string;
  text: string;
  /** What can be done now. */
  children: ReactNode;
}

/** A page that says one thing. */
export function Notice({ title, text, children }: NoticeProps) {
  return (
    <Stack component="main" align="center" justify="center" gap="sm" mih="100dvh" p="xl" ta="center">
      <Mark size={40} />
      <Title order={1} size="h3" mt="sm">
        {title}
      </Title>
      <Text c="dimmed" mb="sm">
        {text}
      </Text>
      {children}
    </Stack>
  );
}
