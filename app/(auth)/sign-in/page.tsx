import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { nextPath } from '../../next-path.ts';
import { continuePath, isOauthRequest } from '../../oauth-request.ts';
import { findUser } from '../../server.tsx';
import { CredentialsForm } from '../credentials-form.tsx';

export const metadata: Metadata = { title: 'Sign in' };

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
