'use client';

import { Anchor, Button, Divider, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import Link from 'next/link';
import { useState } from 'react';
import { authenticate, reloadAs } from '#src/client/auth.ts';
import { fieldErrors, errorMessage } from '#src/client/errors.ts';
import { trpc } from '#src/client/trpc.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import classes from './auth.module.css';

const MIN_PASSWORD = 8;

const WORDS = {
  'sign-in': {
    title: 'Sign in',
    submit: 'Sign in',
    question: 'No account yet?',
    other: 'Sign up',
    path: '/sign-up',
  },
  'sign-up': {
    title: 'Create your account',
    submit: 'Sign up',
    question: 'Have an account?',
    other: 'Sign in',
    path: '/sign-in',
  },
};

interface CredentialsFormProps {
  mode: keyof typeof WORDS;
  /** The path to open afterwards. */
  next: string;
  /** The id of a guest, who keeps their chats by signing up or in; null for other visitors. */
  guestId: string | null;
  /** True if the page was opened because a session has ended. */
  hasEnded?: boolean;
}

/** The form to sign in or up with email and password, or to continue as a guest. */
export function CredentialsForm({ mode, next, guestId, hasEnded = false }: CredentialsFormProps) {
  const words = WORDS[mode];
  const isSignUp = mode === 'sign-up';
  const isGuest = guestId !== null;
  const utils = trpc.useUtils();
  const [busy, setBusy] = useState<'form' | 'guest' | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { name: '', email: '', password: '' },
    validate: {
      name: (value) => (isSignUp && value.trim() === '' ? 'Enter your name' : null),
      email: (value) => (/^\S+@\S+$/.test(value) ? null : 'Enter an email address'),
      password: (value) => {
        if (value === '') return 'Enter your password';
        return isSignUp && value.length < MIN_PASSWORD ? `Use at least ${MIN_PASSWORD} characters` : null;
      },
    },
  });

  /** Returns the path to open: the settings if the account can become the first admin there. */
  async function destination(kind: 'form' | 'guest'): Promise<string> {
    if (kind === 'guest' || !isSignUp) return next;
    const claim = await utils.client.protected.adminClaim.query().catch(() => null);
    return claim?.open === true ? '/settings' : next;
  }

  /** Keeps the texts that a guest has not sent. */
  async function keepTexts() {
    if (guestId === null) return;
    // Other visitors do not load it.
    const { adoptTexts } = await import('#src/client/drafts.ts');
    const me = await utils.client.users.me.query();
    adoptTexts(guestId, me.id);
  }

  async function enter(kind: 'form' | 'guest', call: () => Promise<void>) {
    setBusy(kind);
    setFailure(null);
    try {
      await call();
      await keepTexts().catch(() => undefined);
      reloadAs(await destination(kind));
    } catch (error) {
      const errors = fieldErrors(error);
      form.setErrors(errors);
      if (Object.keys(errors).length === 0) setFailure(errorMessage(error));
      setBusy(null);
    }
  }

  return (
    <div className={classes['card']}>
      <form
        noValidate
        onSubmit={form.onSubmit(({ name, email, password }) =>
          enter('form', () =>
            isSignUp
              ? authenticate('sign-up/email', { name, email, password })
              : authenticate('sign-in/email', { email, password }),
          ),
        )}
      >
        <Stack gap="md">
          <div>
            <Title order={1} size="h3">
              {words.title}
            </Title>
            {hasEnded && (
              <Text size="sm" mt={4} role="status">
                Your session has ended. Sign in to continue where you were. Text that you have not sent is
                kept in this browser.
              </Text>
            )}
            {isGuest && (
              <Text size="sm" c="dimmed" mt={4}>
                You keep your guest chats.
              </Text>
            )}
          </div>
          {failure !== null && <ErrorNote>{failure}</ErrorNote>}
          {isSignUp && (
            <TextInput
              label="Name"
              autoComplete="name"
              autoFocus
              key={form.key('name')}
              {...form.getInputProps('name')}
            />
          )}
          <TextInput
            label="Email"
            type="email"
            autoComplete="email"
            autoFocus={!isSignUp}
            key={form.key('email')}
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label="Password"
            {...(isSignUp && { description: `At least ${MIN_PASSWORD} characters` })}
            autoComplete={isSignUp ? 'new-password' : 'current-password'}
            key={form.key('password')}
            {...form.getInputProps('password')}
          />
          <Button type="submit" fullWidth loading={busy === 'form'} disabled={busy === 'guest'}>
            {words.submit}
          </Button>
        </Stack>
      </form>
      {!isGuest && (
        <>
          <Divider label="or" my="md" />
          <Button
            variant="default"
            fullWidth
            loading={busy === 'guest'}
            disabled={busy === 'form'}
            onClick={() => void enter('guest', () => authenticate('sign-in/anonymous', {}))}
          >
            Continue as guest
          </Button>
        </>
      )}
      <Text size="sm" c="dimmed" ta="center" mt="lg">
        {words.question}{' '}
        <Anchor component={Link} href={`${words.path}?next=${encodeURIComponent(next)}`} size="sm">
          {words.other}
        </Anchor>
      </Text>
    </div>
  );
}
