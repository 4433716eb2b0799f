'use client';

import { Button, Checkbox, CopyButton, Group, List, Loader, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type Outputs, trpc } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ConfirmModal } from '#src/components/confirm-modal.tsx';
import { ErrorNote } from '#src/components/error-note.tsx';
import { CheckIcon, CopyIcon } from '#src/components/basic-icons.tsx';
import { LazyModal } from '#src/components/lazy-overlays.tsx';
import { LinkButton } from '#src/components/links.tsx';
import { LocalTime } from '#src/components/local-time.tsx';
import { useTranslations } from '#texts';

type Share = Outputs['chat']['shares']['set'];

export interface ShareDialogProps {
  chatId: string;
  opened: boolean;
  onClose: () => void;
}

/** The link of a chat: creates it, copies it, updates what it shows, and ends it. */
export function ShareDialog({ chatId, opened, onClose }: ShareDialogProps) {
  const t = useTranslations('chat.share');
  const { messageOf } = useErrorMessages();
  const utils = trpc.useUtils();
  const [isEnding, setIsEnding] = useState(false);
  /** What the user has chosen about the files; null for what the link does now. */
  const [chosen, setChosen] = useState<boolean | null>(null);
  const { data: user } = trpc.users.me.useQuery();
  const isGuest = user?.isGuest ?? false;
  const input = { chatId, limit: 1 };
  const shares = trpc.chat.shares.list.useQuery(input, { enabled: opened && !isGuest, staleTime: 0 });
  const share = shares.data?.items[0];
  const show = (items: Share[]) => utils.chat.shares.list.setData(input, { items, nextCursor: null });
  const set = trpc.chat.shares.set.useMutation({
    onSuccess(created) {
      show([created]);
      setChosen(null);
    },
  });
  const revoke = trpc.chat.shares.revoke.useMutation({
    onSuccess() {
      show([]);
      set.reset();
      setIsEnding(false);
      setChosen(null);
    },
    // Another tab may have ended it.
    onError: () => shares.refetch(),
  });
  const error = set.error ?? shares.error;
  const includesFiles = share?.includesFiles ?? false;
  const includeFiles = chosen ?? includesFiles;
  const isChanged = share !== undefined && includeFiles !== includesFiles;

  function close() {
    onClose();
    set.reset();
    setChosen(null);
  }

  return (
    <>
      <LazyModal opened={opened && !isEnding} onClose={close} title={t('title')} centered>
        <Stack>
          {isGuest ? (
            <GuestNote chatId={chatId} />
          ) : (
            <>
              {!share && <Scope />}
              {share && <SharedLink share={share} isUpdated={set.isSuccess} />}
              {shares.isSuccess && (
                <Checkbox
                  label={t('includeFiles')}
                  description={t(isChanged ? 'filesLater' : 'filesHint')}
                  checked={includeFiles}
                  disabled={set.isPending}
                  onChange={(event) => setChosen(event.currentTarget.checked)}
                />
              )}
              {error && <ErrorNote>{messageOf(error)}</ErrorNote>}
              {shares.isPending && !error && <Loader size="sm" aria-label={t('loading')} />}
              {shares.isSuccess && (
                <Group
                  justify={share ? 'space-between' : 'flex-end'}
                  gap="xs"
                  style={{ flexWrap: 'wrap-reverse' }}
                >
                  {share && (
                    <Button variant="subtle" color="red" px="xs" onClick={() => setIsEnding(true)}>
                      {t('stop')}
                    </Button>
                  )}
                  <Group gap="xs">
                    <Button
                      variant={share && !isChanged ? 'default' : 'filled'}
                      loading={set.isPending}
                      data-autofocus={share ? undefined : true}
                      onClick={() => set.mutate({ chatId, includeFiles })}
                    >
                      {t(share ? 'update' : 'create')}
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
        title={t('stopTitle')}
        confirmLabel={t('stop')}
        busy={revoke.isPending}
        error={revoke.isError ? messageOf(revoke.error) : null}
        onConfirm={() => revoke.mutate({ chatId })}
      >
        {t('stopText')}
      </ConfirmModal>
    </>
  );
}

/** What a new link shows, and what it does not. */
function Scope() {
  const t = useTranslations('chat.share');
  return (
    <>
      <Text size="sm">{t('scope')}</Text>
      <List size="sm" c="dimmed" spacing={4}>
        <List.Item>{t('shared')}</List.Item>
        <List.Item>{t('notShared')}</List.Item>
        <List.Item>{t('later')}</List.Item>
      </List>
    </>
  );
}

const urlOf = ({ path }: Share) => new URL(path, window.location.href).href;

function SharedLink({ share, isUpdated }: { share: Share; isUpdated: boolean }) {
  const t = useTranslations('chat.share');
  const { messageCount: count, includesFiles, fileCount, sharedAt } = share;
  return (
    <>
      <TextInput
        readOnly
        label={t('link')}
        translate="no"
        value={urlOf(share)}
        onFocus={(event) => event.currentTarget.select()}
      />
      <Text size="sm" c="dimmed" role="status">
        {isUpdated
          ? t('showsNow', { count })
          : t.rich('showsThen', { count, date: () => <LocalTime date={sharedAt} withTime /> })}
        {includesFiles && ` ${t('showsFiles', { count: fileCount })}`}
      </Text>
    </>
  );
}

function CopyLink({ share }: { share: Share }) {
  const t = useTranslations('chat.share');
  const tCommon = useTranslations('common');
  return (
    <CopyButton value={urlOf(share)}>
      {({ copied, copy }) => (
        <Button
          data-autofocus
          leftSection={copied ? <CheckIcon size={16} /> : <CopyIcon size={16} />}
          onClick={copy}
        >
          {copied ? tCommon('copied') : t('copy')}
        </Button>
      )}
    </CopyButton>
  );
}

function GuestNote({ chatId }: { chatId: string }) {
  const t = useTranslations('chat.share');
  return (
    <>
      <Text size="sm">{t('guest')}</Text>
      <Group justify="flex-end">
        <LinkButton href={`/sign-up?next=${encodeURIComponent(`/chat/${chatId}`)}`}>{t('signUp')}</LinkButton>
      </Group>
    </>
  );
}
