import { Button } from '@mantine/core';
import { useTranslations } from '#texts';

/** A paginated list. */
interface PagedList {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => Promise<unknown>;
}

/** Loads the next page of a list. Not shown on the last page. */
export function MoreButton({ list, label }: { list: PagedList; label: string }) {
  const t = useTranslations('common');
  if (!list.hasNextPage) return null;
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      w="fit-content"
      aria-label={label}
      loading={list.isFetchingNextPage}
      onClick={() => void list.fetchNextPage()}
    >
      {t('loadMore')}
    </Button>
  );
}
