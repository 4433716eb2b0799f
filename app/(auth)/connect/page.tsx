import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { Notice } from '#src/components/notice.tsx';
import { LinkButton } from '#src/components/links.tsx';
import { signInPath } from '../../next-path.ts';
import { continuePath, isOauthRequest, queryText } from '../../oauth-request.ts';
import { findClientRequest, findUser } from '../../server.tsx';
import { ConsentForm } from './consent-form.tsx';

export const metadata: Metadata = { title: 'Connect a program' };

function NotConnectable() {
  return (
    <Notice
      title="This program cannot be connected"
      text="Its request is not valid, or it is too old. Start again in the program."
    >
      <LinkButton href="/">Home</LinkButton>
    </Notice>
  );
}

/** The page on which a person decides what a program may do for them. */
export default async function ConnectPage({ searchParams }: PageProps<'/connect'>) {
  const query = await searchParams;
  if (!isOauthRequest(query)) return <NotConnectable />;
  const user = await findUser();
  if (!user || user.isGuest) redirect(signInPath(continuePath(query)));
  const text = queryText(query);
  const request = await findClientRequest(text);
  if (!request) return <NotConnectable />;
  return <ConsentForm request={request} query={text} account={user.email} isAdmin={user.role === 'admin'} />;
}
