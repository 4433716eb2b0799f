'use client';

import { useTranslations } from '#texts';
import { MissingPage } from '../../chat/missing-page.tsx';

export default function NotFound() {
  const t = useTranslations('shell');
  return <MissingPage title={t('projectNotFound')} text={t('missing')} />;
}
