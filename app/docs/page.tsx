import type { Metadata } from 'next';
import { LinkButton } from '#src/components/links.tsx';
import { PageHeader } from '#src/components/page-header.tsx';
import { signInPath } from '../next-path.ts';
import { findUser } from '../server.tsx';
import classes from './docs.module.css';
import { Reference } from './reference.tsx';

export const metadata: Metadata = { title: 'API reference' };

/** The OpenAPI document as a page, where users can try each operation with their own session. */
export default async function DocsPage() {
  const user = await findUser();
  return (
    <>
      <div className={classes['top']}>
        <PageHeader>
          {user ? (
            <LinkButton href="/chat" variant="default" size="sm">
              Your chats
            </LinkButton>
          ) : (
            <LinkButton href={signInPath('/docs')} variant="default" size="sm">
              Sign in
            </LinkButton>
          )}
        </PageHeader>
      </div>
      <main className={classes['reference']}>
        <Reference />
      </main>
    </>
  );
}
