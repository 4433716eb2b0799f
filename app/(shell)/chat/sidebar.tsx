'use client';

import { ActionIcon, Anchor, Button, CloseButton, TextInput, UnstyledButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import Link from 'next/link';
import { Activity, useRef, useState } from 'react';
import { useTranslations } from '#texts';
import { Brand } from '#src/components/brand.tsx';
import { ColorSchemeToggle } from '#src/components/color-scheme-toggle.tsx';
import { ArchiveIcon, PlusIcon, SearchIcon } from '#src/components/icons.tsx';
import { AccountMenu } from './account-menu.tsx';
import { ChatList } from './chat-list.tsx';
import { useInDrawer } from './drawer.ts';
import classes from './sidebar.module.css';
import { PRODUCT } from '#contract/product';

const SEARCH_DELAY_MS = 200;

/** The sidebar: chats, search and account. `onNavigate` is called when a link is followed. */
export function Sidebar({ onNavigate }: { onNavigate: () => void }) {
  const t = useTranslations('shell');
  const tCommon = useTranslations('common');
  const [search, setSearch] = useState('');
  const [query] = useDebouncedValue(search.trim(), SEARCH_DELAY_MS);
  const [archived, setArchived] = useState(false);
  const replace = useInDrawer();
  const viewport = useRef<HTMLDivElement>(null);
  return (
    <div className={classes['sidebar']} data-sidebar>
      <div className={classes['top']}>
        <Anchor
          component={Link}
          href="/"
          replace={replace}
          c="inherit"
          underline="never"
          aria-label={tCommon('homeOf', { product: PRODUCT.name })}
        >
          <Brand />
        </Anchor>
        <ColorSchemeToggle />
      </div>
      <div className={classes['tools']}>
        <Button
          component={Link}
          href="/chat"
          replace={replace}
          variant="default"
          justify="flex-start"
          leftSection={<PlusIcon />}
          onClick={onNavigate}
        >
          {t('newChat')}
        </Button>
        <TextInput
          aria-label={t('sidebar.search')}
          placeholder={t('sidebar.searchPlaceholder')}
          maxLength={200}
          leftSection={<SearchIcon size={16} />}
          rightSection={
            search !== '' && (
              <CloseButton size={24} aria-label={t('sidebar.clearSearch')} onClick={() => setSearch('')} />
            )
          }
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      </div>
      <div ref={viewport} className={classes['list']}>
        <nav aria-label={t('chats')}>
          <Activity>
            <ChatList
              key={`${archived} ${query}`}
              search={query}
              archived={archived}
              viewport={viewport}
              onNavigate={onNavigate}
            />
          </Activity>
        </nav>
      </div>
      <UnstyledButton
        className={classes['archive'] ?? ''}
        aria-pressed={archived}
        onClick={() => setArchived((value) => !value)}
      >
        <ActionIcon component="span" variant="transparent" color="gray" size="sm">
          <ArchiveIcon size={16} />
        </ActionIcon>
        {archived ? t('sidebar.back') : t('sidebar.archived')}
      </UnstyledButton>
      <AccountMenu onNavigate={onNavigate} />
    </div>
  );
}
