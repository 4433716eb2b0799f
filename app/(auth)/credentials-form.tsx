'use client';

import { Button, TextInput } from '@mantine/core';
import Link from 'next/link';
import { type SubmitEvent, useState } from 'react';
import { authenticate, reloadAs } from '#src/client/auth.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { PasswordField } from '#src/components/password-field.tsx';
import { useTranslations } from '#texts';
import classes from './auth.module.css';

const MIN_PASSWORD = 8;

const GROUPS = { 'sign-in': 'signIn', 'sign-up': 'signUp' } as const;

type Field = 'name' | 'email' | 'password';
type Values = Record<Field, string>;

interface CredentialsFormProps {
  mode: keyof typeof GROUPS;
  /** The path to open afterwards. */
  next: string;
  /** The id of a guest, who keeps their chats by signing up or in; null for other visitors. */
  guestId: string | null;
  /** True if the page was opened because a session has ended. */
  hasEnded?: boolean;
}

/** The form to sign in or up with email and password, or to continue as a guest. */
export function CredentialsForm({ mode, next, guestId, hasEnded = false }: CredentialsFormProps) {
  const t = useTranslations('auth');
  const { messageOf, fieldErrorsOf } = useErrorMessages();
  const group = GROUPS[mode];
  const isSignUp = mode === 'sign-up';
  const isGuest = guestId !== null;
  const [busy, setBusy] = useState<'form' | 'guest' | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [errors, setErrors] = useState<Partial<Record<Field, string>>>({});

  /** Returns what is wrong with the fields. */
  function mistakesIn({ name, email, password }: Values): Partial<Record<Field, string>> {
    return {
      ...(isSignUp && name.trim() === '' && { name: t('form.nameMissing') }),
      ...(!/^\S+@\S+$/.test(email) && { email: t('form.emailInvalid') }),
      ...(password === ''
        ? { password: t('form.passwordMissing') }
        : isSignUp &&
          password.length < MIN_PASSWORD && { password: t('form.passwordShort', { count: MIN_PASSWORD }) }),
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
      const rejected = fieldErrorsOf(error);
      setErrors(rejected);
      if (Object.keys(rejected).length === 0) setFailure(messageOf(error));
      setBusy(null);
    }
  }

  return (
    <div className={classes['card']}>
      <form noValidate onSubmit={onSubmit} className={classes['fields']}>
        <div>
          <h1 className={classes['title']}>{t(`${group}.title`)}</h1>
          {hasEnded && (
            <p role="status" className={classes['status']}>
              {t('signIn.hasEnded')}
            </p>
          )}
          {isGuest && <p className={classes['text']}>{t('form.keepsChats')}</p>}
        </div>
        {failure !== null && <ErrorNote>{failure}</ErrorNote>}
        {isSignUp && <TextInput label={t('form.name')} autoComplete="name" autoFocus {...propsOf('name')} />}
        <TextInput
          label={t('form.email')}
          type="email"
          autoComplete="email"
          autoFocus={!isSignUp}
          {...propsOf('email')}
        />
        <PasswordField
          label={t('form.password')}
          {...(isSignUp && { description: t('form.passwordHint', { count: MIN_PASSWORD }) })}
          autoComplete={isSignUp ? 'new-password' : 'current-password'}
          {...propsOf('password')}
        />
        <Button type="submit" fullWidth loading={busy === 'form'} disabled={busy === 'guest'}>
          {t(`${group}.submit`)}
        </Button>
      </form>
      {!isGuest && (
        <>
          <p className={classes['or']}>{t('form.or')}</p>
          <Button
            variant="default"
            fullWidth
            loading={busy === 'guest'}
            disabled={busy === 'form'}
            onClick={() => void enter('guest', () => authenticate('sign-in/anonymous', {}))}
          >
            {t('form.asGuest')}
          </Button>
        </>
      )}
      <p className={classes['other']}>
        {t(`${group}.question`)}{' '}
        <Link href={`${isSignUp ? '/sign-in' : '/sign-up'}?next=${encodeURIComponent(next)}`}>
          {t(`${group}.other`)}
        </Link>
      </p>
    </div>
  );
}
