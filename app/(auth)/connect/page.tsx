import { Text, Title } from '@mantine/core';
import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { LinkButton } from '#src/components/links.tsx';
import { signInPath } from '../../next-path.ts';
import { continuePath, isOauthRequest, queryText } from '../../oauth-request.ts';
import { findClientRequest, findUser } from '../../server.tsx';
import classes from '../auth.module.css';
import { ConsentForm } from './consent-form.tsx';

export const metadata: Metadata = { title: 'Connect a program' };

function NotConnectable() {
  return (
    <div className={classes['card']}>
      <Title order={1} size="h3">
        This program cannot be connected
      </Title>
      <Text size="sm" c="dimmed" mt={4} mb="md">
        Its request is not valid, or it is too old. Start again in the program.
      </Text>
      <LinkButton href="/">Home</LinkButton>
    </div>
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
