'use client';

import { Stack, Text, Title } from '@mantine/core';
import { useTranslations } from '#texts';
import { LinkButton } from '#src/components/links.tsx';
import { TopBar } from './top-bar.tsx';

/** The page for something that does not exist or was deleted. */
export function MissingPage({ title, text }: { title: string; text: string }) {
  const t = useTranslations('shell');
  return (
    <>
      <TopBar />
      <Stack align="center" justify="center" gap="sm" flex={1} p="xl" ta="center">
        <Title order={1} size="h3">
          {title}
        </Title>
        <Text c="dimmed">{text}</Text>
        <LinkButton href="/chat" mt="sm">
          {t('startNewChat')}
        </LinkButton>
      </Stack>
    </>
  );
}
