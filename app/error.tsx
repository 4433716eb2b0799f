'use client';

import { Button } from '@mantine/core';
import { Notice } from '#src/components/notice.tsx';

interface ErrorPageProps {
  error: Error & { digest?: string };
  reset: () => void;
}

export default function ErrorPage({ error, reset }: ErrorPageProps) {
  const id =
    error.digest === undefined ? '' : ` If this continues, report error ${error.digest} to your admin.`;
  return (
    <Notice title="Something went wrong" text={`The page could not be shown.${id}`}>
      <Button onClick={reset}>Try again</Button>
    </Notice>
  );
}
