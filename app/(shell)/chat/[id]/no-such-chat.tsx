'use client';

import { Stack, Text, Title } from '@mantine/core';
import { LinkButton } from '#src/components/links.tsx';
import { TopBar } from '../top-bar.tsx';

/** The page for a chat that does not exist or was deleted. */
export function NoSuchChat() {
  return (
    <>
      <TopBar />
      <Stack align="center" justify="center" gap="sm" flex={1} p="xl" ta="center">
        <Title order={1} size="h3">
          Chat not found
        </Title>
        <Text c="dimmed">It was deleted, or it belongs to another account.</Text>
        <LinkButton href="/chat" mt="sm">
          Start a new chat
        </LinkButton>
      </Stack>
    </>
  );
}
