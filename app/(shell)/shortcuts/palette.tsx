'use client';

import { Combobox, Group, Kbd, ScrollArea, Text, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { useTranslations } from '#texts';
import { useSearchPages } from '#src/client/search-pages.ts';
import { trpc } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { SearchIcon } from '#src/components/icons.tsx';
import { useChatTitle } from '../chat/chat-title.ts';
import { useProjects } from '../chat/use-projects.ts';
import { type Command, useCommands } from './commands.tsx';
import { useKeyLabels } from './keys.ts';
import classes from './palette.module.css';

const SEARCH_DELAY_MS = 150;
const MAX_CHATS = 8;

interface PaletteProps {
  onClose: () => void;
  onShowKeys: () => void;
  /** Shows or hides the sidebar. */
  onToggleSidebar: () => void;
}

/** A search for chats, commands and settings. */
export function Palette({ onClose, ...actions }: PaletteProps) {
  const t = useTranslations('shell');
  const { messageOf } = useErrorMessages();
  const chatTitle = useChatTitle();
  const labelOf = useKeyLabels();
  const router = useRouter();
  const [search, setSearch] = useState('');
  const text = search.trim();
  const [query] = useDebouncedValue(text, SEARCH_DELAY_MS);
  const combobox = useCombobox({ opened: true, onDropdownClose: onClose });
  const { commands, settings } = useCommands(actions);
  const chats = trpc.chat.list.useInfiniteQuery(
    { limit: MAX_CHATS, ...(query !== '' && { search: query }) },
    { getNextPageParam: (page) => page.nextCursor, placeholderData: (previous) => previous },
  );
  const projects = useProjects();
  const isSearching = useSearchPages(chats) || query !== text || chats.isPlaceholderData;

  const matches = ({ label }: Command) => label.toLowerCase().includes(text.toLowerCase());
  const found = chats.data?.pages.flatMap((page) => page.items).slice(0, MAX_CHATS) ?? [];
  const groups: { title: string; items: Command[] }[] = [
    { title: t('palette.commands'), items: commands.filter(matches) },
    {
      title: t('chats'),
      items: found.map((chat) => ({
        id: chat.id,
        label: chatTitle(chat),
        note: projects.find((project) => project.id === chat.projectId)?.name,
        run: () => router.push(`/chat/${chat.id}`),
      })),
    },
    { title: t('settings'), items: settings.filter(matches) },
  ].filter(({ items }) => items.length > 0);
  const items = groups.flatMap((group) => group.items);

  const ids = items.map(({ id }) => id).join(' ');
  const { selectFirstOption } = combobox;
  useEffect(() => {
    selectFirstOption();
  }, [ids, selectFirstOption]);

  return (
    <Combobox
      store={combobox}
      onOptionSubmit={(id) => {
        onClose();
        items.find((item) => item.id === id)?.run();
      }}
    >
      <Combobox.EventsTarget withExpandedAttribute>
        <TextInput
          data-autofocus
          aria-label={t('commands.search')}
          placeholder={t('commands.search')}
          variant="unstyled"
          size="md"
          maxLength={200}
          leftSection={<SearchIcon />}
          classNames={{ input: classes['input'] ?? '' }}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      </Combobox.EventsTarget>
      <ScrollArea.Autosize mah="52dvh" type="scroll" className={classes['results'] ?? ''}>
        <Combobox.Options aria-label={t('palette.results')}>
          {groups.map((group) => (
            <Combobox.Group key={group.title} label={group.title}>
              {group.items.map(({ id, label, icon, note, keys }) => (
                <Combobox.Option key={id} value={id}>
                  <Group gap="sm" wrap="nowrap">
                    {icon}
                    <Text size="sm" truncate flex={1}>
                      {label}
                    </Text>
                    {note !== undefined && (
                      <Text size="xs" c="dimmed" truncate maw="40%">
                        {note}
                      </Text>
                    )}
                    {keys && (
                      <Kbd size="xs" translate="no">
                        {['mod', ...keys].map(labelOf).join(' + ')}
                      </Kbd>
                    )}
                  </Group>
                </Combobox.Option>
              ))}
            </Combobox.Group>
          ))}
        </Combobox.Options>
        {items.length === 0 && (
          <Text size="sm" c="dimmed" p="sm" role="status">
            {isSearching ? t('palette.searching') : t('palette.noResults')}
          </Text>
        )}
        {chats.isError && (
          <Text size="sm" c="red" p="sm" role="alert">
            {messageOf(chats.error)}
          </Text>
        )}
      </ScrollArea.Autosize>
    </Combobox>
  );
}
