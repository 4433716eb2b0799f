'use client';

import { Alert, Button, Checkbox, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { decideOnClient } from '#src/client/auth.ts';
import type { Outputs } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { WarningIcon } from '#src/components/basic-icons.tsx';
import { useScopeTexts } from '#src/components/scope-texts.ts';
import { useTranslations } from '#texts';
import classes from '../auth.module.css';

type Request = Outputs['protected']['clients']['request'];
type Scope = Request['scopes'][number];

interface ConsentFormProps {
  request: Request;
  /** The query of the page, which the server has signed. */
  query: string;
  /** The email of the account that the program would act for. */
  account: string;
  isAdmin: boolean;
}

/** Says where the access is sent. */
function Destination({ redirectTo, isThisComputer }: Pick<Request, 'redirectTo' | 'isThisComputer'>) {
  const t = useTranslations('auth.connect');
  // The scheme of an application, such as `cursor:`.
  const isScheme = redirectTo.endsWith(':');
  const toScheme = isThisComputer ? 'sentToAnyApplication' : 'sentToApplication';
  const toUrl = isThisComputer ? 'sentToThisComputer' : 'sentTo';
  return (
    <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
      {t.rich(isScheme ? toScheme : toUrl, {
        target: redirectTo,
        strong: (text) => <strong translate="no">{text}</strong>,
      })}
    </Text>
  );
}

/** Asks a person what a program may do for them. Nothing that changes data is chosen in advance. */
export function ConsentForm({ request, query, account, isAdmin }: ConsentFormProps) {
  const t = useTranslations('auth.connect');
  const tCommon = useTranslations('common');
  const scopeTexts = useScopeTexts();
  const { messageOf } = useErrorMessages();
  const { name, host, redirectTo, isThisComputer, scopes } = request;
  const [chosen, setChosen] = useState<Scope[]>(scopes.filter((scope) => scope.endsWith('read')));
  const [busy, setBusy] = useState<'connect' | 'cancel' | null>(null);
  const [failure, setFailure] = useState<string | null>(null);

  async function decide(kind: 'connect' | 'cancel') {
    setBusy(kind);
    setFailure(null);
    try {
      window.location.assign(await decideOnClient({ query, scopes: kind === 'connect' ? chosen : [] }));
    } catch (error) {
      setFailure(messageOf(error));
      setBusy(null);
    }
  }

  return (
    <div className={classes['card']}>
      <Stack gap="md">
        <div>
          <h1 className={classes['title']}>{t('title', { name })}</h1>
          <Text size="sm" c="dimmed" mt={4}>
            {t('actsAs', { account })}
          </Text>
        </div>
        {host === null ? (
          <Alert color="orange" variant="outline" icon={<WarningIcon />} title={t('unverified')}>
            {t('unverifiedText')}
          </Alert>
        ) : (
          <Text size="sm">
            {t.rich('verified', { host, strong: (text) => <strong translate="no">{text}</strong> })}
          </Text>
        )}
        <Destination redirectTo={redirectTo} isThisComputer={isThisComputer} />
        <Checkbox.Group
          label={t('mayDo')}
          description={isAdmin ? t('asAdmin') : undefined}
          value={chosen}
          onChange={(values) => setChosen(scopes.filter((scope) => values.includes(scope)))}
        >
          <Stack gap="xs" mt="xs">
            {scopes.map((scope) => (
              <Checkbox key={scope} value={scope} {...scopeTexts[scope]} />
            ))}
          </Stack>
        </Checkbox.Group>
        {failure !== null && <ErrorNote>{failure}</ErrorNote>}
        <Group grow>
          <Button
            variant="default"
            loading={busy === 'cancel'}
            disabled={busy === 'connect'}
            onClick={() => void decide('cancel')}
          >
            {tCommon('cancel')}
          </Button>
          <Button
            loading={busy === 'connect'}
            disabled={busy === 'cancel' || chosen.length === 0}
            onClick={() => void decide('connect')}
          >
            {t('submit')}
          </Button>
        </Group>
      </Stack>
    </div>
  );
}
