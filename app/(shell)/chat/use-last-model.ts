'use client';

import { useLocalStorage } from '@mantine/hooks';
import { PRODUCT } from '#contract/product';
import { trpc } from '#src/client/trpc.ts';

/**
 * Returns the model that was chosen last in this browser, or null for the default, and a function to set it. It is null
 * during hydration, and if the model is no longer available.
 */
export function useLastModel(): [model: string | null, remember: (model: string) => void] {
  const [last, remember] = useLocalStorage({ key: `${PRODUCT.slug}:model`, defaultValue: '' });
  const { data } = trpc.chat.models.useQuery();
  const found = data?.items.find(({ id }) => id === last);
  return [found?.available === true && !found.isDefault ? found.id : null, remember];
}
