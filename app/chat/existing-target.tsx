'use client';

import { assignRef } from '@mantine/hooks';
import { type Ref, useEffect } from 'react';

/** Makes an element that exists already the target of a menu. */
export function ExistingTarget({ element, ref }: { element: HTMLElement | null; ref?: Ref<HTMLElement> }) {
  useEffect(() => {
    assignRef(ref, element);
  }, [element, ref]);
  return null;
}
