import { Stack, Text, Title } from '@mantine/core';
import { LinkButton } from '#src/components/links.tsx';
import { TopBar } from '../top-bar.tsx';

export default function ChatNotFound() {
  return (
    <>
      <TopBar />
      <Stack align="center" justify="center" gap="sm" flex={1} p="xl" ta="center">
        <Title order={1} size="h3">
          No such chat
        </Title>
        <Text c="dimmed">It was deleted, or it belongs to another account.</Text>
        <LinkButton href="/chat" mt="sm">
          Start a new chat
        </LinkButton>
      </Stack>
    </>
  );
}
