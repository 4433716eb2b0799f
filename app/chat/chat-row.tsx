'use client';

import { ActionIcon, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import Link, { useLinkStatus } from 'next/link';
import { useRouter } from 'next/navigation';
import { errorMessage } from '#src/client/errors.ts';
import type { Outputs } from '#src/client/trpc.ts';
import { ConfirmModal } from '#src/components/confirm-modal.tsx';
import { ArchiveIcon, DotsIcon, PencilIcon, PinIcon, TrashIcon } from '#src/components/icons.tsx';
import { chatTitle } from './chat-title.ts';
import { RenameModal } from './rename-modal.tsx';
import classes from './sidebar.module.css';
import { useChatChanges } from './use-chat-changes.ts';

interface ChatRowProps {
  chat: Outputs['chat']['list']['items'][number];
  /** True if the chat is open on the page. */
  active: boolean;
  onNavigate: () => void;
}

/** The text of a link, dimmed while its page is loading. */
function RowTitle({ children }: { children: string }) {
  const { pending } = useLinkStatus();
  return <span data-pending={pending || undefined}>{children}</span>;
}

/** A chat of the list, with its menu. */
export function ChatRow({ chat, active, onNavigate }: ChatRowProps) {
  const { id, pinned, archived } = chat;
  const title = chatTitle(chat);
  const router = useRouter();
  const { update, remove } = useChatChanges();
  const [renaming, renameModal] = useDisclosure(false);
  const [deleting, deleteModal] = useDisclosure(false);

  async function confirmDelete() {
    // The deletion removes this row, so a callback of its hook would not run.
    await remove.mutateAsync({ id });
    if (active) router.push('/chat');
  }

  return (
    <div className={classes['row']} data-active={active || undefined}>
      <Link
        href={`/chat/${id}`}
        className={classes['link']}
        data-empty={chat.title === '' || undefined}
        aria-current={active ? 'page' : undefined}
        title={title}
        onClick={onNavigate}
      >
        <RowTitle>{title}</RowTitle>
      </Link>
      <Menu position="bottom-end" width={180} withinPortal>
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            className={classes['more'] ?? ''}
            aria-label={`Actions for “${title}”`}
          >
            <DotsIcon size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<PencilIcon size={16} />} onClick={renameModal.open}>
            Rename
          </Menu.Item>
          <Menu.Item
            leftSection={<PinIcon size={16} />}
            onClick={() => update.mutate({ id, pinned: !pinned })}
          >
            {pinned ? 'Unpin' : 'Pin'}
          </Menu.Item>
          <Menu.Item
            leftSection={<ArchiveIcon size={16} />}
            onClick={() => update.mutate({ id, archived: !archived })}
          >
            {archived ? 'Restore' : 'Archive'}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item color="red" leftSection={<TrashIcon size={16} />} onClick={deleteModal.open}>
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <RenameModal
        key={chat.title}
        opened={renaming}
        onClose={renameModal.close}
        title={chat.title}
        onRename={(newTitle) => {
          update.mutate({ id, title: newTitle });
          renameModal.close();
        }}
      />
      <ConfirmModal
        opened={deleting}
        onClose={deleteModal.close}
        title="Delete this chat?"
        confirmLabel="Delete"
        busy={remove.isPending}
        error={remove.isError ? errorMessage(remove.error) : null}
        onConfirm={() => {
          // The modal shows the error.
          confirmDelete().catch(() => undefined);
        }}
      >
        “{title}” and its messages will be permanently deleted.
      </ConfirmModal>
    </div>
  );
}
