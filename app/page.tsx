import { Anchor, Container, Group, SimpleGrid, Text, Title } from '@mantine/core';
import type { Metadata } from 'next';
import { application } from '#routers/application';
import { Brand } from '#src/components/brand.tsx';
import { CodeBlock } from '#src/components/code-block.tsx';
import { ColorSchemeToggle } from '#src/components/color-scheme-toggle.tsx';
import { LinkButton } from '#src/components/links.tsx';
import { CallerTabs } from './caller-tabs.tsx';
import { GuestButton } from './guest-button.tsx';
import classes from './page.module.css';
import { ProductPicture } from './product-picture.tsx';
import card from './screenshots/card-light.png';
import { findUser } from './server.tsx';
import { PRODUCT } from '#contract/product';

const PROCEDURE = `// routers/chat.ts: a procedure, written once
get: signedIn
  .meta({ openapi: { method: 'GET', path: '/chats/{id}' } })
  .input(ById)
  .output(Chat)
  .query(({ ctx, input }) =>
    chats.get(ctx.deps, ctx.actor, input.id)),`;

const PROMISES = [
  {
    title: 'Written once',
    text: 'A typed procedure is a React hook, a REST endpoint and an OpenAPI entry: one set of permissions, checks and errors.',
  },
  {
    title: 'Answers that survive',
    text: 'The server writes chat answers in the background. Close the tab, reload or change devices: the answer continues.',
  },
  {
    title: 'One command',
    text: 'It includes the database, the secrets and an offline guide. Add an API key to use a language model.',
  },
];

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
  return (
    <>
      <header className={classes['header']}>
        <Brand />
        <Group gap="xs">
          <ColorSchemeToggle />
          {!user && (
            <LinkButton href="/sign-in" variant="subtle" color="gray">
              Sign in
            </LinkButton>
          )}
        </Group>
      </header>
      <Container component="main" size="lg" pb={96}>
        <section className={classes['hero']}>
          <Title order={1} className={classes['title'] ?? ''}>
            One procedure, every caller.
          </Title>
          <Text size="lg" c="dimmed" maw="56ch" mx="auto">
            {PRODUCT.name} is a typed API layer for Next.js. Write a procedure once and call it from React,
            REST, an SDK, AI agents and AI chat. This is an example: a chat whose answers survive closed tabs
            and lost connections.
          </Text>
          <Group justify="center" mt="xl">
            {user ? (
              <LinkButton href="/chat" size="md">
                Open your chats
              </LinkButton>
            ) : (
              <>
                <GuestButton />
                <LinkButton href="/sign-up" size="md" variant="default">
                  Sign up
                </LinkButton>
              </>
            )}
          </Group>
        </section>
        <section className={classes['sample']} aria-label="Example">
          <div className={classes['procedure']}>
            <CodeBlock isComplete language="ts" code={PROCEDURE} />
          </div>
          <CallerTabs />
        </section>
        <SimpleGrid cols={{ base: 1, sm: 3 }} spacing={40} mt={56}>
          {PROMISES.map(({ title, text }) => (
            <section key={title}>
              <Title order={2} size="h5" mb={6}>
                {title}
              </Title>
              <Text size="sm" c="dimmed" lh={1.6}>
                {text}
              </Text>
            </section>
          ))}
        </SimpleGrid>
        <ProductPicture />
        <Text size="sm" c="dimmed" ta="center" mt={64}>
          For developers: <Anchor href="/docs">API reference</Anchor>
          {' · '}
          <Anchor href="/api/openapi.json">OpenAPI document</Anchor>
        </Text>
      </Container>
    </>
  );
}
