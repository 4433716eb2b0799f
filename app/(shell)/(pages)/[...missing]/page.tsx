import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getTranslations } from '#src/locales/server.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('common'))('notFound.pageTitle') };
}

/** Unknown paths have a route of their own, so that a signed-in user sees the sidebar there too. */
export default function MissingPage() {
  notFound();
}
