'use client';

import { Button, Paper, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useSearchPages } from '#src/client/search-pages.ts';
import { trpc } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { SearchIcon } from '#src/components/icons.tsx';
import { Table } from '#src/components/table.tsx';
import { useTranslations } from '#texts';
import { AccountRow } from './account-row.tsx';
import { FIRST_ACCOUNTS } from './accounts-input.ts';
import classes from './accounts.module.css';

const SEARCH_DELAY_MS = 200;

/** All accounts, newest first. `ownId` is the admin's own account. */
export function Accounts({ ownId }: { ownId: string }) {
  const t = useTranslations('admin');
  const tCommon = useTranslations('common');
  const { messageOf } = useErrorMessages();
  const [search, setSearch] = useState('');
  const [query] = useDebouncedValue(search.trim(), SEARCH_DELAY_MS);
  const accounts = trpc.users.list.useInfiniteQuery(
    { ...FIRST_ACCOUNTS, ...(query !== '' && { search: query }) },
    { getNextPageParam: (page) => page.nextCursor, placeholderData: (previous) => previous },
  );
  const isSearching = useSearchPages(accounts);
  const items = accounts.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <TextInput
        aria-label={t('search')}
        placeholder={t('searchHint')}
        maxLength={200}
        mb="md"
        maw={360}
        leftSection={<SearchIcon size={16} />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      {accounts.error && (
        <ErrorNote onRetry={() => void accounts.refetch()}>{messageOf(accounts.error)}</ErrorNote>
      )}
      <Paper withBorder radius="lg" bg="var(--sb-raised)">
        {/* The roles are those of the elements, which lose them while the rows are shown as cards. */}
        <Table role="table" className={classes['table']}>
          <thead role="rowgroup" className={classes['head']}>
            <tr role="row">
              <th role="columnheader">{t('columns.account')}</th>
              <th role="columnheader">{t('columns.role')}</th>
              <th role="columnheader">{t('columns.since')}</th>
              <th role="columnheader">
                <VisuallyHidden>{t('columns.actions')}</VisuallyHidden>
              </th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            {items.map((user) => (
              <AccountRow key={user.id} user={user} isOwn={user.id === ownId} />
            ))}
          </tbody>
        </Table>
        {accounts.isSuccess && !isSearching && items.length === 0 && (
          <Text size="sm" c="dimmed" p="lg">
            {t('none')}
          </Text>
        )}
      </Paper>
      {accounts.hasNextPage && (
        <Button
          variant="default"
          mt="md"
          loading={accounts.isFetchingNextPage || isSearching}
          onClick={() => void accounts.fetchNextPage()}
        >
          {tCommon('loadMore')}
        </Button>
      )}
    </>
  );
}
