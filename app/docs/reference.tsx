'use client';

import { Alert, Center, Loader, useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { showReference } from './scalar.ts';

/** The API reference. Its viewer is large, so it is loaded after the page. */
export function Reference() {
  const place = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState<ReturnType<typeof showReference> | null>(null);
  const [failed, setFailed] = useState(false);
  const scheme = useComputedColorScheme('light');

  useEffect(() => {
    let reference: ReturnType<typeof showReference> | undefined;
    let left = false;
    import('./scalar.ts').then(
      (scalar) => {
        if (left || !place.current) return;
        reference = scalar.showReference(place.current);
        setShown(reference);
      },
      () => setFailed(true),
    );
    return () => {
      left = true;
      reference?.destroy();
    };
  }, []);

  useEffect(() => {
    shown?.setScheme(scheme);
  }, [shown, scheme]);

  return (
    <>
      {failed && (
        <Alert color="red" m="lg" title="Could not load the reference">
          Reload the page to try again. The document is at /api/openapi.json.
        </Alert>
      )}
      {!shown && !failed && (
        <Center h={320}>
          <Loader aria-label="Loading the reference" />
        </Center>
      )}
      <div ref={place} />
    </>
  );
}
