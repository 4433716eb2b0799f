import type { Metadata } from 'next';
import { notFound } from 'next/navigation';

export const metadata: Metadata = { title: 'Not found' };

/** Unknown paths have a route of their own, so that a signed-in user sees the sidebar there too. */
export default function MissingPage() {
  notFound();
}
