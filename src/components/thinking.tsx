'use client';

import { useInterval } from '@mantine/hooks';
import { useState } from 'react';

/** Says that a model is thinking, and for how long. Screen readers do not announce each second. */
export function Thinking() {
  const [startedAt] = useState(() => Date.now());
  const [now, setNow] = useState(startedAt);
  useInterval(() => setNow(Date.now()), 1000, { autoInvoke: true });
  const seconds = Math.round((now - startedAt) / 1000);
  return (
    <>
      Thinking…
      {seconds > 0 && <span aria-hidden> {seconds} s</span>}
    </>
  );
}
