import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Mark } from './brand.tsx';

interface NoticeProps {
  title: string;
  text: string;
  /** True if it is a part of the page's `main` element. */
  isWithinMain?: boolean;
  /** The next action. */
  children: ReactNode;
}

/** A page with a single message. */
export function Notice({ title, text, isWithinMain = false, children }: NoticeProps) {
  return (
    <Stack
      component={isWithinMain ? 'div' : 'main'}
      align="center"
      justify="center"
      gap="sm"
      flex={1}
      mih={isWithinMain ? '60dvh' : '100dvh'}
      p="xl"
      ta="center"
    >
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
