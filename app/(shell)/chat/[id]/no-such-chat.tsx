'use client';

import { MissingPage } from '../missing-page.tsx';

/** The page for a chat that does not exist or was deleted. */
export function NoSuchChat() {
  return <MissingPage title="Chat not found" text="It was deleted, or it belongs to another account." />;
}
