'use client';

import { Button } from '@mantine/core';
import { Notice } from '#src/components/notice.tsx';

interface ErrorPageProps {
  error: unknown;
  /** Loads the page again. */
  retry: () => void;
}

/** Returns the id under which the server has logged an error, if it has. */
function idOf(error: unknown): string | null {
  return error instanceof Error && 'digest' in error && typeof error.digest === 'string'
    ? error.digest
    : null;
}

export default function ErrorPage({ error, retry }: ErrorPageProps) {
  const id = idOf(error);
  const hint = id === null ? '' : ` If this continues, report error ${id} to your admin.`;
  return (
    <Notice title="Something went wrong" text={`The page could not be shown.${hint}`}>
      <Button onClick={retry}>Try again</Button>
    </Notice>
  );
}
