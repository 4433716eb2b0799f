'use client';

import { useInterval } from '@mantine/hooks';
import { useState } from 'react';
import { useLocale, useTranslations } from '#texts';

/** Says that a model is thinking, and for how long. Screen readers do not announce each second. */
export function Thinking() {
  const t = useTranslations('chat.message');
  const locale = useLocale();
  const [startedAt] = useState(() => Date.now());
  const [now, setNow] = useState(startedAt);
  useInterval(() => setNow(Date.now()), 1000, { autoInvoke: true });
  const seconds = Math.round((now - startedAt) / 1000);
  return (
    <>
      {t('thinking')}
      {seconds > 0 && (
        <span aria-hidden> {t('seconds', { seconds: new Intl.NumberFormat(locale).format(seconds) })}</span>
      )}
    </>
  );
}
