'use client';

import { Button, CopyButton, Group, List, Loader, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { errorMessage } from '#src/client/errors.ts';
import { type Outputs, trpc } from '#src/client/trpc.ts';
import { ConfirmModal } from '#src/components/confirm-modal.tsx';
import { ErrorNote } from '#src/components/error-note.tsx';
import { CheckIcon, CopyIcon } from '#src/components/icons.tsx';
import { LazyModal } from '#src/components/lazy-overlays.tsx';
import { LinkButton } from '#src/components/links.tsx';
import { LocalTime } from '#src/components/local-time.tsx';

type Share = Outputs['chat']['shares']['set'];

export interface ShareDialogProps {
  chatId: string;
  opened: boolean;
  onClose: () => void;
}

/** The link of a chat: creates it, copies it, updates what it shows, and ends it. */
export function ShareDialog({ chatId, opened, onClose }: ShareDialogProps) {
  const utils = trpc.useUtils();
  const [isEnding, setIsEnding] = useState(false);
  const { data: user } = trpc.users.me.useQuery();
  const isGuest = user?.isGuest ?? false;
  const input = { chatId, limit: 1 };
  const shares = trpc.chat.shares.list.useQuery(input, { enabled: opened && !isGuest, staleTime: 0 });
  const share = shares.data?.items[0];
  const show = (items: Share[]) => utils.chat.shares.list.setData(input, { items, nextCursor: null });
  const set = trpc.chat.shares.set.useMutation({ onSuccess: (created) => show([created]) });
  const revoke = trpc.chat.shares.revoke.useMutation({
    onSuccess() {
      show([]);
      set.reset();
      setIsEnding(false);
    },
    // Another tab may have ended it.
    onError: () => shares.refetch(),
  });
  const error = set.error ?? shares.error;

  function close() {
    onClose();
    set.reset();
  }

  return (
    <>
      <LazyModal opened={opened && !isEnding} onClose={close} title="Share this chat" centered>
        <Stack>
          {isGuest ? (
            <GuestNote chatId={chatId} />
          ) : (
            <>
              {!share && <Scope />}
              {share && <SharedLink share={share} isUpdated={set.isSuccess} />}
              {error && <ErrorNote>{errorMessage(error)}</ErrorNote>}
              {shares.isPending && !error && <Loader size="sm" aria-label="Loading" />}
              {shares.isSuccess && (
                <Group
                  justify={share ? 'space-between' : 'flex-end'}
                  gap="xs"
                  style={{ flexWrap: 'wrap-reverse' }}
                >
                  {share && (
                    <Button variant="subtle" color="red" px="xs" onClick={() => setIsEnding(true)}>
                      Stop sharing
                    </Button>
                  )}
                  <Group gap="xs">
                    <Button
                      variant={share ? 'default' : 'filled'}
                      loading={set.isPending}
                      data-autofocus={share ? undefined : true}
                      onClick={() => set.mutate({ chatId })}
                    >
                      {share ? 'Update link' : 'Create link'}
                    </Button>
                    {share && <CopyLink share={share} />}
                  </Group>
                </Group>
              )}
            </>
          )}
        </Stack>
      </LazyModal>
      <ConfirmModal
        opened={opened && isEnding}
        onClose={() => {
          setIsEnding(false);
          revoke.reset();
        }}
        title="Stop sharing this chat?"
        confirmLabel="Stop sharing"
        busy={revoke.isPending}
        error={revoke.isError ? errorMessage(revoke.error) : null}
        onConfirm={() => revoke.mutate({ chatId })}
      >
        The link stops working immediately and permanently. If you share the chat again, it gets another link.
      </ConfirmModal>
    </>
  );
}

/** What a new link shows, and what it does not. */
function Scope() {
  return (
    <>
      <Text size="sm">
        Anyone who has the link can read a copy of this chat as it is now, without signing in.
      </Text>
      <List size="sm" c="dimmed" spacing={4}>
        <List.Item>Shared: the title, your questions and the answers that the chat shows.</List.Item>
        <List.Item>
          Not shared: thoughts of the model, its use of tools, other versions, your name and your email.
        </List.Item>
        <List.Item>Later messages are not shared until you update the link.</List.Item>
      </List>
    </>
  );
}

const urlOf = ({ path }: Share) => new URL(path, window.location.href).href;

function SharedLink({ share, isUpdated }: { share: Share; isUpdated: boolean }) {
  const { messageCount, sharedAt } = share;
  return (
    <>
      <TextInput
        readOnly
        label="Link"
        value={urlOf(share)}
        onFocus={(event) => event.currentTarget.select()}
      />
      <Text size="sm" c="dimmed" role="status">
        {isUpdated ? 'The link shows the chat as it is now' : 'The link shows the chat as it was on '}
        {!isUpdated && <LocalTime date={sharedAt} withTime />}: {messageCount}{' '}
        {messageCount === 1 ? 'message' : 'messages'}. Later messages are not shared until you update it.
      </Text>
    </>
  );
}

function CopyLink({ share }: { share: Share }) {
  return (
    <CopyButton value={urlOf(share)}>
      {({ copied, copy }) => (
        <Button
          data-autofocus
          leftSection={copied ? <CheckIcon size={16} /> : <CopyIcon size={16} />}
          onClick={copy}
        >
          {copied ? 'Copied' : 'Copy link'}
        </Button>
      )}
    </CopyButton>
  );
}

function GuestNote({ chatId }: { chatId: string }) {
  return (
    <>
      <Text size="sm">Guests cannot share chats. Sign up to share this one. You keep your chats.</Text>
      <Group justify="flex-end">
        <LinkButton href={`/sign-up?next=${encodeURIComponent(`/chat/${chatId}`)}`}>Sign up</LinkButton>
      </Group>
    </>
  );
}
