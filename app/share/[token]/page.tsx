import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { shareBudget } from '#src/components/budget.ts';
import { FinishedMarkdown } from '#src/components/finished-markdown.tsx';
import { LinkButton } from '#src/components/links.tsx';
import { LocalTime } from '#src/components/local-time.tsx';
import { Answer, UserMessage } from '#src/components/message.tsx';
import { PageHeader } from '#src/components/page-header.tsx';
import { getTranslations, Texts } from '#src/locales/server.tsx';
import { findSharedChat } from '../../session.ts';
import classes from './share.module.css';
import { PRODUCT } from '#contract/product';

type Props = PageProps<'/share/[token]'>;

async function findPage({ params, searchParams }: Props) {
  const { token } = await params;
  const { cursor } = await searchParams;
  const page = await findSharedChat(token, cursor?.toString());
  return page && { ...page, token, isFirst: cursor === undefined };
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const page = await findPage(props);
  const t = await getTranslations('share');
  return {
    title: page ? page.title || t('untitled') : t('notFound.pageTitle'),
    description: t('description', { product: PRODUCT.name }),
    robots: { index: false, follow: false },
    referrer: 'no-referrer',
  };
}

/** A shared chat, for anyone who has the link. It knows nothing of its reader. */
export default async function SharedChatPage(props: Props) {
  const page = await findPage(props);
  if (!page) notFound();
  const t = await getTranslations('share');
  const { title, sharedAt, items, nextCursor, token, isFirst } = page;
  const budgets = shareBudget(items, ({ role, text }) => ({
    text: role === 'user' ? '' : text,
    reasoning: '',
  }));
  return (
    <Texts namespaces={['chat']}>
      <PageHeader>
        <LinkButton href="/" variant="default" size="sm" visibleFrom="sm">
          {t('about', { product: PRODUCT.name })}
        </LinkButton>
      </PageHeader>
      <main className={classes['page']}>
        <header className={classes['head']}>
          <h1 dir="auto">{title || t('untitled')}</h1>
          <p>{t.rich('facts', { shared: () => <LocalTime date={sharedAt} /> })}</p>
        </header>
        {!isFirst && (
          <LinkButton href={`/share/${token}`} variant="default" size="compact-sm">
            {t('toBeginning')}
          </LinkButton>
        )}
        {items.map(({ role, text, files, hiddenFileCount, complete }, index) =>
          role === 'user' ? (
            <UserMessage
              key={index}
              text={text}
              files={files}
              actions={
                hiddenFileCount > 0 && (
                  <p className={classes['hidden']}>{t('hiddenFiles', { count: hiddenFileCount })}</p>
                )
              }
            />
          ) : (
            <Answer
              key={index}
              text={<FinishedMarkdown budget={budgets[index]?.text ?? 0}>{text}</FinishedMarkdown>}
              note={!complete && t('incomplete')}
            />
          ),
        )}
        {nextCursor !== null && (
          <LinkButton href={`/share/${token}?cursor=${nextCursor}`} variant="default" size="sm">
            {t('next')}
          </LinkButton>
        )}
      </main>
    </Texts>
  );
}
