import type { Metadata } from 'next';
import { PageNotFound } from './page-not-found.tsx';

export const metadata: Metadata = { title: 'Not found' };

export default function NotFound() {
  return <PageNotFound />;
}
