import type { Metadata } from 'next';
import { application } from '#routers/application';
import { Brand } from '#src/components/brand.tsx';
import { CodeBlock } from '#src/components/code-block.tsx';
import { ColorSchemeToggle } from '#src/components/color-scheme-toggle.tsx';
import { LinkButton } from '#src/components/links.tsx';
import { getTranslations, Texts } from '#src/locales/server.tsx';
import { CallerTabs } from './caller-tabs.tsx';
import { GuestButton } from './guest-button.tsx';
import classes from './page.module.css';
import { ProductPicture } from './product-picture.tsx';
import card from './screenshots/card-light.png';
import { findUser } from './session.ts';
import { PRODUCT } from '#contract/product';

const PROCEDURE = `// routers/chat.ts: a procedure, written once
get: signedIn
  .meta({ openapi: { method: 'GET', path: '/chats/{id}' } })
  .input(ById)
  .output(Chat)
  .query(({ ctx, input }) =>
    chats.get(ctx.deps, ctx.actor, input.id)),`;

const PROMISES = ['once', 'survives', 'command'] as const;

/** Other sites show a picture with a link to this page. They need its absolute URL. */
export async function generateMetadata(): Promise<Metadata> {
  const { APP_URL: origin } = (await application()).deps.env;
  if (origin === undefined) return {};
  return {
    metadataBase: new URL(origin),
    openGraph: {
      type: 'website',
      url: '/',
      title: PRODUCT.name,
      images: [{ url: card.src, width: card.width, height: card.height }],
    },
    twitter: { card: 'summary_large_image' },
  };
}

export default async function LandingPage() {
  const user = await findUser();
  const t = await getTranslations('landing');
  return (
    <Texts namespaces={['landing']}>
      <header className={classes['header']}>
        <Brand />
        <div className={classes['links']}>
          <ColorSchemeToggle />
          {!user && (
            <LinkButton href="/sign-in" variant="subtle" color="gray">
              {t('signIn')}
            </LinkButton>
          )}
        </div>
      </header>
      <main className={classes['main']}>
        <section className={classes['hero']}>
          <h1 className={classes['title']}>{t('title')}</h1>
          <p className={classes['introduction']}>{t('introduction', { product: PRODUCT.name })}</p>
          <div className={classes['actions']}>
            {user ? (
              <LinkButton href="/chat" size="md">
                {t('openChats')}
              </LinkButton>
            ) : (
              <>
                <GuestButton />
                <LinkButton href="/sign-up" size="md" variant="default">
                  {t('signUp')}
                </LinkButton>
              </>
            )}
          </div>
        </section>
        <section className={classes['sample']} aria-label={t('example')}>
          <div className={classes['procedure']}>
            <CodeBlock isComplete language="ts" code={PROCEDURE} />
          </div>
          <CallerTabs />
        </section>
        <div className={classes['promises']}>
          {PROMISES.map((promise) => (
            <section key={promise}>
              <h2>{t(`${promise}Title`)}</h2>
              <p>{t(`${promise}Text`)}</p>
            </section>
          ))}
        </div>
        <ProductPicture />
        <p className={classes['developers']}>
          {t.rich('forDevelopers', {
            reference: (text) => <a href="/docs">{text}</a>,
            document: (text) => <a href="/api/openapi.json">{text}</a>,
          })}
        </p>
      </main>
    </Texts>
  );
}
