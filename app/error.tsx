'use client';

import { Notice, noticeAction } from '#src/components/notice.tsx';
import { useTranslations } from '#texts';

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
  const t = useTranslations('common');
  return (
    <Notice title={t('failed.title')} text={id === null ? t('failed.text') : t('failed.textWithId', { id })}>
      <button type="button" className={noticeAction} onClick={retry}>
        {t('tryAgain')}
      </button>
    </Notice>
  );
}
