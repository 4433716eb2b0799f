import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { getTranslations } from '#src/locales/server.tsx';
import { nextPath } from '../../next-path.ts';
import { continuePath, isOauthRequest } from '../../oauth-request.ts';
import { findUser } from '../../session.ts';
import { CredentialsForm } from '../credentials-form.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('auth'))('signIn.pageTitle') };
}

export default async function SignInPage({ searchParams }: PageProps<'/sign-in'>) {
  const query = await searchParams;
  const isForProgram = isOauthRequest(query);
  const next = isForProgram ? continuePath(query) : nextPath(query['next']);
  const user = await findUser();
  // A program can ask that its person signs in again.
  if (user && !user.isGuest && !isForProgram) redirect(next);
  return (
    <CredentialsForm
      mode="sign-in"
      next={next}
      guestId={user?.isGuest ? user.id : null}
      hasEnded={!user && query['ended'] !== undefined}
    />
  );
}
