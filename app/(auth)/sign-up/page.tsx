import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { getTranslations } from '#src/locales/server.tsx';
import { nextPath } from '../../next-path.ts';
import { findUser } from '../../session.ts';
import { CredentialsForm } from '../credentials-form.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('auth'))('signUp.pageTitle') };
}

export default async function SignUpPage({ searchParams }: PageProps<'/sign-up'>) {
  const next = nextPath((await searchParams)['next']);
  const user = await findUser();
  if (user && !user.isGuest) redirect(next);
  return <CredentialsForm mode="sign-up" next={next} guestId={user?.isGuest ? user.id : null} />;
}
