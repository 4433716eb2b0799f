import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { PageFrame } from '#src/components/page-frame.tsx';
import { api, Hydrate, requireUser } from '../../../server.tsx';
import { Accounts } from './accounts.tsx';
import { FIRST_ACCOUNTS } from './accounts-input.ts';

export const metadata: Metadata = { title: 'Accounts' };

export default async function AdminPage() {
  const { id, role } = await requireUser('/admin');
  if (role !== 'admin') notFound();
  await (await api()).users.list.prefetchInfinite(FIRST_ACCOUNTS);
  return (
    <PageFrame title="Accounts" size="lg">
      <Hydrate>
        <Accounts ownId={id} />
      </Hydrate>
    </PageFrame>
  );
}
