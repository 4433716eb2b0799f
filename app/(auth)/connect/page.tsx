import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { noticeAction } from '#src/components/notice.tsx';
import { getTranslations } from '#src/locales/server.tsx';
import { useTranslations } from '#texts';
import { signInPath } from '../../next-path.ts';
import { continuePath, isOauthRequest, queryText } from '../../oauth-request.ts';
import { findClientRequest, findUser } from '../../session.ts';
import classes from '../auth.module.css';
import { ConsentForm } from './consent-form.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('auth'))('connect.pageTitle') };
}

function NotConnectable() {
  const t = useTranslations('auth.connect');
  const tCommon = useTranslations('common');
  return (
    <div className={classes['card']}>
      <h1 className={classes['title']}>{t('rejectedTitle')}</h1>
      <p className={classes['text']}>{t('rejectedText')}</p>
      <a className={noticeAction} href="/">
        {tCommon('home')}
      </a>
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
