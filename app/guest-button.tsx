'use client';

import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import { authenticate, enterAs } from '#src/client/auth.ts';
import { messageOf } from '#src/client/errors.ts';

/** Lets a visitor chat at once, as a guest. */
export function GuestButton() {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);

  function start() {
    setBusy(true);
    authenticate('sign-in/anonymous', {}).then(
      () => enterAs('/chat'),
      (error: unknown) => {
        setFailure(messageOf(error));
        setBusy(false);
      },
    );
  }

  return (
    <>
      <Button size="md" loading={busy} onClick={start}>
        Start chatting
      </Button>
      {failure !== null && (
        <Text role="alert" size="sm" c="red" w="100%">
          {failure}
        </Text>
      )}
    </>
  );
}
