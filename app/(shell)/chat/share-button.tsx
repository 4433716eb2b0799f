'use client';

import { ActionIcon, Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { ShareIcon } from '#src/components/icons.tsx';
import { onDemand, useLoad } from '#src/components/on-demand.ts';
import { useTranslations } from '#texts';
import type { ShareDialogProps } from './share-dialog.tsx';

const shareDialog = onDemand<ShareDialogProps>(() =>
  import('./share-dialog.tsx').then((module) => module.ShareDialog),
);

/** The button of a chat that opens the dialog of its link. */
export function ShareButton({ chatId }: { chatId: string }) {
  const t = useTranslations('chat.share');
  const [opened, dialog] = useDisclosure(false);
  useLoad(shareDialog, opened, dialog.close);
  return (
    <>
      <Button
        visibleFrom="sm"
        variant="subtle"
        color="gray"
        size="compact-sm"
        fw={500}
        leftSection={<ShareIcon />}
        onClick={dialog.open}
      >
        {t('button')}
      </Button>
      <ActionIcon
        hiddenFrom="sm"
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={t('button')}
        onClick={dialog.open}
      >
        <ShareIcon size={20} />
      </ActionIcon>
      <shareDialog.View props={{ chatId, opened, onClose: dialog.close }} />
    </>
  );
}
