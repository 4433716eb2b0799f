import { Anchor, Code, Container, Group, SimpleGrid, Text, Title } from '@mantine/core';
import { Brand } from '#src/components/brand.tsx';
import { ColorSchemeToggle } from '#src/components/color-scheme-toggle.tsx';
import { LinkButton } from '#src/components/links.tsx';
import { GuestButton } from './guest-button.tsx';
import classes from './page.module.css';
import { findUser } from './server.tsx';
import { PRODUCT } from '#contract/product';

const PROCEDURE = `// routers/chat.ts: a procedure, written once
get: signedIn
  .meta({ openapi: { method: 'GET', path: '/chats/{id}' } })
  .input(ById)
  .output(Chat)
  .query(({ ctx, input }) => chats.get(ctx.deps, ctx.actor, input.id)),`;

const CALLERS = [
  { who: 'React', how: 'trpc.chat.get.useQuery({ id })' },
  { who: 'Server components', how: '(await api()).chat.get({ id })' },
  { who: 'REST', how: 'GET /api/v1/chats/{id}' },
  { who: 'AI SDK', how: 'useChat({ id, resume: true })' },
];

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
            REST and AI chat. This is an example: a chat whose answers survive closed tabs and lost
            connections.
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
          <pre className={classes['code']} tabIndex={0}>
            {PROCEDURE}
          </pre>
          <dl className={classes['callers']}>
            {CALLERS.map(({ who, how }) => (
              <div key={who}>
                <dt>{who}</dt>
                <dd>
                  <Code>{how}</Code>
                </dd>
              </div>
            ))}
          </dl>
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
        <Text size="sm" c="dimmed" ta="center" mt={64}>
          For developers: <Anchor href="/docs">API reference</Anchor>
          {' · '}
          <Anchor href="/api/openapi.json">OpenAPI document</Anchor>
        </Text>
      </Container>
    </>
  );
}
