'use client';

import { Button, Paper, Table, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { errorMessage } from '#src/client/errors.ts';
import { useSearchPages } from '#src/client/search-pages.ts';
import { trpc } from '#src/client/trpc.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { SearchIcon } from '#src/components/icons.tsx';
import { AccountRow } from './account-row.tsx';
import { FIRST_ACCOUNTS } from './accounts-input.ts';
import classes from './accounts.module.css';

const SEARCH_DELAY_MS = 200;

/** All accounts, newest first. `ownId` is the admin's own account. */
export function Accounts({ ownId }: { ownId: string }) {
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
        aria-label="Search accounts"
        placeholder="Search names and email addresses"
        maxLength={200}
        mb="md"
        maw={360}
        leftSection={<SearchIcon size={16} />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      {accounts.error && (
        <ErrorNote onRetry={() => void accounts.refetch()}>{errorMessage(accounts.error)}</ErrorNote>
      )}
      <Paper withBorder radius="lg" bg="var(--sb-raised)">
        {/* The roles are those of the elements, which lose them while the rows are shown as cards. */}
        <Table role="table" className={classes['table'] ?? ''} verticalSpacing="sm" horizontalSpacing="lg">
          <Table.Thead role="rowgroup" className={classes['head'] ?? ''}>
            <Table.Tr role="row">
              <Table.Th role="columnheader">Account</Table.Th>
              <Table.Th role="columnheader">Role</Table.Th>
              <Table.Th role="columnheader">Since</Table.Th>
              <Table.Th role="columnheader">
                <VisuallyHidden>Actions</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody role="rowgroup">
            {items.map((user) => (
              <AccountRow key={user.id} user={user} isOwn={user.id === ownId} />
            ))}
          </Table.Tbody>
        </Table>
        {accounts.isSuccess && !isSearching && items.length === 0 && (
          <Text size="sm" c="dimmed" p="lg">
            No matching accounts.
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
          Load more
        </Button>
      )}
    </>
  );
}
