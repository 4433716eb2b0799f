'use client';

import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import { authenticate, reloadAs } from '#src/client/auth.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { useTranslations } from '#texts';

/** Signs a visitor in as a guest and opens the chat. */
export function GuestButton() {
  const t = useTranslations('landing');
  const { messageOf } = useErrorMessages();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);

  function start() {
    setBusy(true);
    authenticate('sign-in/anonymous', {}).then(
      () => reloadAs('/chat'),
      (error: unknown) => {
        setFailure(messageOf(error));
        setBusy(false);
      },
    );
  }

  return (
    <>
      <Button size="md" loading={busy} onClick={start}>
        {t('startChatting')}
      </Button>
      {failure !== null && (
        <Text role="alert" size="sm" c="red" w="100%">
          {failure}
        </Text>
      )}
    </>
  );
}
