'use client';

import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useRouter } from 'next/navigation';
import type { ReactNode } from 'react';
import { useTranslations } from '#texts';
import { trpc } from '#src/client/trpc.ts';
import { MoonIcon, SunIcon } from '#src/components/basic-icons.tsx';
import {
  DocumentIcon,
  GearIcon,
  KeyboardIcon,
  PlusIcon,
  SidebarIcon,
  UsersIcon,
} from '#src/components/icons.tsx';
import { groupsFor } from '../(pages)/settings/sections.ts';

/** Something that can be found and done. */
export interface Command {
  id: string;
  label: string;
  icon?: ReactNode;
  /** A short text beside the label. */
  note?: string | undefined;
  /** The keys of its shortcut after Ctrl, or Command on a Mac. */
  keys?: string[];
  run: () => void;
}

interface CommandActions {
  onShowKeys: () => void;
  /** Shows or hides the sidebar. */
  onToggleSidebar: () => void;
}

/** Returns the commands and the sections of the settings for the signed-in user. */
export function useCommands({ onShowKeys, onToggleSidebar }: CommandActions) {
  const t = useTranslations('shell.commands');
  const tCommon = useTranslations('common');
  const tSections = useTranslations('sections');
  const router = useRouter();
  const { data: user } = trpc.users.me.useQuery();
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  const isGuest = user?.isGuest ?? true;

  const commands: Command[] = [
    {
      id: 'new-chat',
      label: t('newChat'),
      icon: <PlusIcon />,
      keys: ['Shift', 'O'],
      run: () => router.push('/chat'),
    },
    {
      id: 'sidebar',
      label: t('sidebar'),
      icon: <SidebarIcon />,
      keys: ['B'],
      run: onToggleSidebar,
    },
    {
      id: 'colors',
      label: isDark ? tCommon('lightColors') : tCommon('darkColors'),
      icon: isDark ? <SunIcon /> : <MoonIcon />,
      run: () => setColorScheme(isDark ? 'light' : 'dark'),
    },
    { id: 'keys', label: t('shortcuts'), icon: <KeyboardIcon />, run: onShowKeys },
    ...(user?.role === 'admin'
      ? [{ id: 'accounts', label: t('accounts'), icon: <UsersIcon />, run: () => router.push('/admin') }]
      : []),
    {
      id: 'reference',
      label: t('reference'),
      icon: <DocumentIcon />,
      run: () => window.location.assign('/docs'),
    },
  ];
  const settings: Command[] = groupsFor({ isGuest })
    .flatMap(({ sections }) => sections)
    .map(({ id }) => ({
      id: `settings-${id}`,
      label: t('settingsSection', { title: tSections(id) }),
      icon: <GearIcon />,
      run: () => router.push(`/settings#${id}`),
    }));
  return { commands, settings };
}
