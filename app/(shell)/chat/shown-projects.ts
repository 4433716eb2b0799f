'use client';

import { useLocalStorage } from '@mantine/hooks';
import { PRODUCT } from '#contract/product';

/** The maximum number of projects that are remembered. */
const MAX_SHOWN = 200;
const NONE: string[] = [];

/** Remembers in this browser which projects show their chats in the sidebar. */
export function useShownProjects() {
  const [shown, setShown] = useLocalStorage<string[]>({
    key: `${PRODUCT.slug}-projects`,
    defaultValue: NONE,
  });
  return {
    isShown: (id: string) => shown.includes(id),
    /** Shows or hides the chats of a project. */
    show: (id: string, isShown = true) =>
      setShown((before) => {
        const others = before.filter((other) => other !== id);
        return isShown ? [...others, id].slice(-MAX_SHOWN) : others;
      }),
  };
}
