'use client';

import { useHotkeys } from '@mantine/hooks';
import { useRouter } from 'next/navigation';
import { type ComponentType, createContext, type ReactNode, use, useMemo, useState } from 'react';
import { useTranslations } from '#texts';
import { useToast } from '#src/components/toasts.tsx';
import type { DialogName, DialogsProps } from './dialogs.tsx';

interface ShortcutActions {
  /** Opens the search for chats and commands. */
  showPalette: () => void;
  /** Opens the list of keyboard shortcuts. */
  showKeys: () => void;
}

const NOTHING = () => undefined;
const Actions = createContext<ShortcutActions>({ showPalette: NOTHING, showKeys: NOTHING });

/** Returns functions that open the dialogs of the keyboard shortcuts. */
export function useShortcuts(): ShortcutActions {
  return use(Actions);
}

const isModalOpen = () => document.querySelector('[role="dialog"][aria-modal="true"]') !== null;

interface ShortcutsProps {
  /** Shows or hides the sidebar. */
  onToggleSidebar: () => void;
  /** Components that may call `useShortcuts`. */
  children: ReactNode;
}

/** Adds the keyboard shortcuts to a page. Their dialogs are loaded when one is opened first. */
export function Shortcuts({ onToggleSidebar, children }: ShortcutsProps) {
  const router = useRouter();
  const t = useTranslations('common');
  const toast = useToast();
  const [Dialogs, setDialogs] = useState<ComponentType<DialogsProps> | null>(null);
  const [dialog, setDialog] = useState<{ name: DialogName; isOpen: boolean }>({
    name: 'palette',
    isOpen: false,
  });
  const close = () => setDialog((last) => ({ ...last, isOpen: false }));

  const actions = useMemo(() => {
    const show = (name: DialogName) => {
      setDialog({ name, isOpen: true });
      import('./dialogs.tsx').then(
        (module) => setDialogs(() => module.Dialogs),
        () => {
          setDialog({ name, isOpen: false });
          toast({ text: t('notLoaded'), isError: true });
        },
      );
    };
    return { showPalette: () => show('palette'), showKeys: () => show('keys') };
  }, [t, toast]);

  /** Runs an action unless it would leave a dialog behind. */
  const outsideDialogs = (action: () => void) => () => {
    if (!isModalOpen()) action();
  };
  useHotkeys(
    [
      ['mod+K', dialog.isOpen && dialog.name === 'palette' ? close : outsideDialogs(actions.showPalette)],
      ['mod+shift+O', outsideDialogs(() => router.push('/chat'))],
      ['mod+B', onToggleSidebar],
    ],
    [],
    true,
  );
  // In a text, it is a character. On some keyboards, it needs no Shift.
  const showKeys = outsideDialogs(actions.showKeys);
  useHotkeys([
    ['?', showKeys],
    ['shift+?', showKeys],
  ]);

  return (
    <Actions value={actions}>
      {children}
      {Dialogs && (
        <Dialogs
          opened={dialog.isOpen}
          onClose={close}
          dialog={dialog.name}
          onShowKeys={actions.showKeys}
          onToggleSidebar={onToggleSidebar}
        />
      )}
    </Actions>
  );
}
