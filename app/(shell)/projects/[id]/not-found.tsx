'use client';

import { MissingPage } from '../../chat/missing-page.tsx';

export default function NotFound() {
  return <MissingPage title="Project not found" text="It was deleted, or it belongs to another account." />;
}
