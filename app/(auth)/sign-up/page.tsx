import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { nextPath } from '../../next-path.ts';
import { findUser } from '../../server.tsx';
import { CredentialsForm } from '../credentials-form.tsx';

export const metadata: Metadata = { title: 'Sign up' };

export default async function SignUpPage({ searchParams }: PageProps<'/sign-up'>) {
  const next = nextPath((await searchParams)['next']);
  const user = await findUser();
  if (user && !user.isGuest) redirect(next);
  return <CredentialsForm mode="sign-up" next={next} guestId={user?.isGuest ? user.id : null} />;
}
