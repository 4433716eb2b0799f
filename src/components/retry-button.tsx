'use client';

import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslations } from '#texts';

interface RetryButtonProps {
  label: string;
  /** The time from which a retry makes sense, in milliseconds. The button counts down to it. */
  retryAt?: number | null | undefined;
  onRetry: () => void;
}

/** The interval in which the countdown is updated, in milliseconds. */
const TICK_MS = 250;

/** A button that repeats a failed action, as soon as that makes sense. */
export function RetryButton({ label, retryAt = null, onRetry }: RetryButtonProps) {
  const t = useTranslations('common');
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (retryAt === null) return;
    const timer = setInterval(() => {
      const time = Date.now();
      setNow(time);
      if (time >= retryAt) clearInterval(timer);
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [retryAt]);
  const seconds = retryAt === null ? 0 : Math.max(0, Math.ceil((retryAt - now) / 1000));
  return (
    <Button size="compact-sm" variant="default" disabled={seconds > 0} onClick={onRetry}>
      {label}
      {/* Hidden, so that an alert around the button is not announced again every second. */}
      {seconds > 0 && <span aria-hidden>&nbsp;{t('retryIn', { seconds })}</span>}
    </Button>
  );
}
