'use client';

import { Anchor, Button, Divider, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import Link from 'next/link';
import { type SubmitEvent, useState } from 'react';
import { authenticate, reloadAs } from '#src/client/auth.ts';
import { fieldErrors, errorMessage } from '#src/client/errors.ts';
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

type Field = 'name' | 'email' | 'password';
type Values = Record<Field, string>;

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
  const [busy, setBusy] = useState<'form' | 'guest' | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [errors, setErrors] = useState<Partial<Record<Field, string>>>({});

  /** Returns what is wrong with the fields. */
  function mistakesIn({ name, email, password }: Values): Partial<Record<Field, string>> {
    return {
      ...(isSignUp && name.trim() === '' && { name: 'Enter your name' }),
      ...(!/^\S+@\S+$/.test(email) && { email: 'Enter an email address' }),
      ...(password === ''
        ? { password: 'Enter your password' }
        : isSignUp &&
          password.length < MIN_PASSWORD && { password: `Use at least ${MIN_PASSWORD} characters` }),
    };
  }

  function onSubmit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const { elements } = event.currentTarget;
    const valueOf = (field: Field) => {
      const input = elements.namedItem(field);
      return input instanceof HTMLInputElement ? input.value : '';
    };
    const values = { name: valueOf('name'), email: valueOf('email'), password: valueOf('password') };
    const mistakes = mistakesIn(values);
    setErrors(mistakes);
    if (Object.keys(mistakes).length > 0) return;
    const { name, ...credentials } = values;
    void enter('form', () =>
      isSignUp
        ? authenticate('sign-up/email', { name, ...credentials })
        : authenticate('sign-in/email', credentials),
    );
  }

  /**
   * The properties of a field. A mistake is shown until the field is changed. It has no name, so that a form that is sent
   * before the page listens to it does not put a password into the URL.
   */
  const propsOf = (field: Field) => ({
    id: field,
    error: errors[field],
    onChange: () => setErrors((shown) => ({ ...shown, [field]: undefined })),
  });

  /** Returns the path to open: the settings if the account can become the first admin there. */
  async function destination(kind: 'form' | 'guest'): Promise<string> {
    if (kind === 'guest' || !isSignUp) return next;
    const { canClaimAdmin } = await import('./after-entering.ts');
    return (await canClaimAdmin()) ? '/settings' : next;
  }

  /** Keeps the texts that a guest has not sent. */
  async function keepTexts() {
    if (guestId === null) return;
    const { adoptTextsOf } = await import('./after-entering.ts');
    await adoptTextsOf(guestId);
  }

  async function enter(kind: 'form' | 'guest', call: () => Promise<void>) {
    setBusy(kind);
    setFailure(null);
    try {
      await call();
      await keepTexts().catch(() => undefined);
      reloadAs(await destination(kind).catch(() => next));
    } catch (error) {
      const rejected = fieldErrors(error);
      setErrors(rejected);
      if (Object.keys(rejected).length === 0) setFailure(errorMessage(error));
      setBusy(null);
    }
  }

  return (
    <div className={classes['card']}>
      <form noValidate onSubmit={onSubmit}>
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
          {isSignUp && <TextInput label="Name" autoComplete="name" autoFocus {...propsOf('name')} />}
          <TextInput
            label="Email"
            type="email"
            autoComplete="email"
            autoFocus={!isSignUp}
            {...propsOf('email')}
          />
          <PasswordInput
            label="Password"
            {...(isSignUp && { description: `At least ${MIN_PASSWORD} characters` })}
            autoComplete={isSignUp ? 'new-password' : 'current-password'}
            {...propsOf('password')}
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
