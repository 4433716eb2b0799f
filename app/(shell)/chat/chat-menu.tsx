'use client';

import { Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useParams, useRouter } from 'next/navigation';
import { useTranslations } from '#texts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ConfirmModal } from '#src/components/confirm-modal.tsx';
import { CheckIcon } from '#src/components/basic-icons.tsx';
import {
  ArchiveIcon,
  DocumentIcon,
  DownloadIcon,
  FolderIcon,
  PencilIcon,
  PinIcon,
  ShareIcon,
  TrashIcon,
} from '#src/components/icons.tsx';
import { ListMenu } from '#src/components/list-menu.tsx';
import { useChatTitle } from './chat-title.ts';
import { InstructionsModal } from './instructions-modal.tsx';
import { useProjectDialog } from './project-actions.tsx';
import { ShareDialog } from './share-dialog.tsx';
import type { Chat } from './chat-pages.ts';
import { useChatChanges } from './use-chat-changes.ts';
import { fileName, useMarkdownDownload } from './use-markdown-download.ts';

export interface ChatMenuProps {
  /** The chat whose menu is open, or was open last. */
  chat: Chat | null;
  /** The button that opened the menu. */
  button: HTMLElement | null;
  isOpen: boolean;
  onClose: () => void;
  onRename: (chat: Chat) => void;
  /** Begins to select several chats, with this one. */
  onSelect: (chat: Chat) => void;
  /** Returns the element that gets the focus if a chat leaves the list. */
  neighbourOf: (id: string) => HTMLElement | null;
}

/** The menu of a chat. */
export function ChatMenu({ chat, button, isOpen, onClose, onRename, onSelect, neighbourOf }: ChatMenuProps) {
  const t = useTranslations('shell.list');
  const { messageOf } = useErrorMessages();
  const router = useRouter();
  const { id: openId } = useParams<{ id?: string }>();
  const { update, remove } = useChatChanges();
  const [deleting, deleteModal] = useDisclosure(false);
  const downloadMarkdown = useMarkdownDownload();
  const [sharing, shareDialog] = useDisclosure(false);
  const [isInstructing, instructionsModal] = useDisclosure(false);
  const showProjectDialog = useProjectDialog();
  const title = useChatTitle()(chat ?? undefined);

  const withChat = (action: (chat: Chat) => void) => () => {
    if (chat) action(chat);
  };

  async function confirmDelete({ id }: Chat) {
    const neighbour = neighbourOf(id);
    await remove.mutateAsync({ id });
    if (id === openId) router.replace('/chat');
    else neighbour?.focus();
    deleteModal.close();
  }

  return (
    <>
      <ListMenu
        button={button}
        isOpen={isOpen}
        onClose={onClose}
        label={t('actions', { title })}
        position="bottom-end"
        width={220}
      >
        <Menu.Item leftSection={<PencilIcon size={16} />} onClick={withChat(onRename)}>
          {t('rename')}
        </Menu.Item>
        <Menu.Item leftSection={<DocumentIcon size={16} />} onClick={instructionsModal.open}>
          {t('instructions')}
        </Menu.Item>
        <Menu.Item
          leftSection={<PinIcon size={16} />}
          onClick={withChat(({ id, pinned }) => update.mutate({ id, pinned: !pinned }))}
        >
          {t(chat?.pinned === true ? 'unpin' : 'pin')}
        </Menu.Item>
        <Menu.Item
          leftSection={<FolderIcon size={16} />}
          onClick={withChat((moved) =>
            showProjectDialog({ kind: 'move', chat: moved, next: neighbourOf(moved.id) }, button),
          )}
        >
          {t('move')}
        </Menu.Item>
        <Menu.Item
          leftSection={<ArchiveIcon size={16} />}
          onClick={withChat(({ id, archived }) => {
            neighbourOf(id)?.focus();
            update.mutate({ id, archived: !archived });
          })}
        >
          {t(chat?.archived === true ? 'restore' : 'archive')}
        </Menu.Item>
        <Menu.Item leftSection={<ShareIcon size={16} />} onClick={shareDialog.open}>
          {t('share')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          leftSection={<DownloadIcon size={16} />}
          onClick={withChat((shown) => void downloadMarkdown(shown))}
        >
          {t('downloadMarkdown')}
        </Menu.Item>
        <Menu.Item
          component="a"
          href={`/api/v1/chats/${chat?.id}/export`}
          download={`${fileName(title)}.json`}
          leftSection={<DownloadIcon size={16} />}
        >
          {t('downloadJson')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<CheckIcon size={16} />} onClick={withChat(onSelect)}>
          {t('select')}
        </Menu.Item>
        <Menu.Item color="red" leftSection={<TrashIcon size={16} />} onClick={deleteModal.open}>
          {t('delete')}
        </Menu.Item>
      </ListMenu>
      {chat && <ShareDialog chatId={chat.id} opened={sharing} onClose={shareDialog.close} />}
      <InstructionsModal chat={chat} opened={isInstructing} onClose={instructionsModal.close} />
      <ConfirmModal
        opened={deleting}
        onClose={() => {
          remove.reset();
          deleteModal.close();
        }}
        title={t('deleteTitle')}
        confirmLabel={t('delete')}
        busy={remove.isPending}
        error={remove.isError ? messageOf(remove.error) : null}
        onConfirm={() => {
          // The modal shows the error.
          if (chat) confirmDelete(chat).catch(() => undefined);
        }}
      >
        {t('deleteText', { title })}
      </ConfirmModal>
    </>
  );
}
