'use client';

import { Alert, Button, Checkbox, Group, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { decideOnClient } from '#src/client/auth.ts';
import { errorMessage } from '#src/client/errors.ts';
import type { Outputs } from '#src/client/trpc.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { WarningIcon } from '#src/components/icons.tsx';
import { SCOPE_WORDS } from '#src/components/scope-words.ts';
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
  // The scheme of an application, such as `cursor:`.
  const isScheme = redirectTo.endsWith(':');
  return (
    <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
      Access is sent to {isScheme && 'the application that opens links with '}
      <strong>{redirectTo}</strong>
      {isScheme ? ' on your computer.' : '.'}
      {isThisComputer &&
        `${isScheme ? '' : ' This is your computer.'} Any program that runs on it could receive the access.`}
    </Text>
  );
}

/** Asks a person what a program may do for them. Nothing that changes data is chosen in advance. */
export function ConsentForm({ request, query, account, isAdmin }: ConsentFormProps) {
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
      setFailure(errorMessage(error));
      setBusy(null);
    }
  }

  return (
    <div className={classes['card']}>
      <Stack gap="md">
        <div>
          <Title order={1} size="h3">
            Connect {name}?
          </Title>
          <Text size="sm" c="dimmed" mt={4}>
            It will act as {account} over MCP, until you disconnect it in the settings.
          </Text>
        </div>
        {host === null ? (
          <Alert color="orange" variant="outline" icon={<WarningIcon />} title="The name is not verified">
            Continue only if you have just started this in a program that you trust.
          </Alert>
        ) : (
          <Text size="sm">
            It has proven that it belongs to <strong>{host}</strong>.
          </Text>
        )}
        <Destination redirectTo={redirectTo} isThisComputer={isThisComputer} />
        <Checkbox.Group
          label="It may"
          description={isAdmin ? 'You are an admin, so this includes the data of all accounts.' : undefined}
          value={chosen}
          onChange={(values) => setChosen(scopes.filter((scope) => values.includes(scope)))}
        >
          <Stack gap="xs" mt="xs">
            {scopes.map((scope) => (
              <Checkbox key={scope} value={scope} {...SCOPE_WORDS[scope]} />
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
            Cancel
          </Button>
          <Button
            loading={busy === 'connect'}
            disabled={busy === 'cancel' || chosen.length === 0}
            onClick={() => void decide('connect')}
          >
            Connect
          </Button>
        </Group>
      </Stack>
    </div>
  );
}
