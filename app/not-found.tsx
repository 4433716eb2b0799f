import type { Metadata } from 'next';
import { getTranslations } from '#src/locales/server.tsx';
import { PageNotFound } from './page-not-found.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('common'))('notFound.pageTitle') };
}

export default function NotFound() {
  return <PageNotFound />;
}
