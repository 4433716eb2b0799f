'use client';

import { Button, Checkbox } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useParams, useRouter } from 'next/navigation';
import { MAX_DELETED } from '#contract/chat-limits';
import { useTranslations } from '#texts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ConfirmModal } from '#src/components/confirm-modal.tsx';
import { useChatTitle } from './chat-title.ts';
import type { Selection } from './selection.ts';
import classes from './sidebar.module.css';
import type { Chat } from './chat-pages.ts';
import { useChatChanges } from './use-chat-changes.ts';

export interface SelectRowProps {
  chat: Chat;
  selection: Selection;
  onToggle: (id: string) => void;
}

/** A chat of the list while chats are selected. */
export function SelectRow({ chat, selection, onToggle }: SelectRowProps) {
  const title = useChatTitle()(chat);
  const isSelected = selection.has(chat.id);
  return (
    <Checkbox
      className={classes['select'] ?? ''}
      size="xs"
      label={title}
      title={title}
      // The first one takes the focus over from the menu that it was selected by.
      autoFocus={isSelected}
      checked={isSelected}
      disabled={!isSelected && selection.size >= MAX_DELETED}
      onChange={() => onToggle(chat.id)}
    />
  );
}

export interface SelectionBarProps {
  selection: Selection;
  onEnd: () => void;
}

/** Deletes the selected chats after a confirmation, or ends the selection. */
export function SelectionBar({ selection, onEnd }: SelectionBarProps) {
  const t = useTranslations('shell.list');
  const tCommon = useTranslations('common');
  const { messageOf } = useErrorMessages();
  const router = useRouter();
  const { id: openId } = useParams<{ id?: string }>();
  const { removeMany } = useChatChanges();
  const [isAsking, question] = useDisclosure(false);
  const count = selection.size;
  return (
    <div className={classes['selection']} role="group" aria-label={t('selection')}>
      <span role="status">{t('selected', { count })}</span>
      <Button color="red" variant="light" size="compact-sm" disabled={count === 0} onClick={question.open}>
        {t('delete')}
      </Button>
      <Button variant="subtle" color="gray" size="compact-sm" onClick={onEnd}>
        {tCommon('cancel')}
      </Button>
      <ConfirmModal
        opened={isAsking}
        onClose={() => {
          removeMany.reset();
          question.close();
        }}
        title={t('deleteSelectedTitle', { count })}
        confirmLabel={t('delete')}
        busy={removeMany.isPending}
        error={removeMany.isError ? messageOf(removeMany.error) : null}
        onConfirm={() =>
          removeMany.mutate(
            { ids: [...selection] },
            {
              onSuccess() {
                if (openId !== undefined && selection.has(openId)) router.replace('/chat');
                question.close();
                onEnd();
              },
            },
          )
        }
      >
        {t('deleteSelectedText')}
      </ConfirmModal>
    </div>
  );
}
