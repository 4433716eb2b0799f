import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { PageFrame } from '#src/components/page-frame.tsx';
import { getTranslations, Texts } from '#src/locales/server.tsx';
import { api, Hydrate } from '../../../server.tsx';
import { requireUser } from '../../../session.ts';
import { Accounts } from './accounts.tsx';
import { FIRST_ACCOUNTS } from './accounts-input.ts';
import { System } from './system.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('admin'))('title') };
}

export default async function AdminPage() {
  const { id, role } = await requireUser('/admin');
  if (role !== 'admin') notFound();
  const t = await getTranslations('admin');
  await (await api()).users.list.prefetchInfinite(FIRST_ACCOUNTS);
  return (
    <PageFrame title={t('title')} size="lg">
      <Texts namespaces={['admin', 'system']}>
        <Hydrate>
          <Accounts ownId={id} />
        </Hydrate>
        <System />
      </Texts>
    </PageFrame>
  );
}
