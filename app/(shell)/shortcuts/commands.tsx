'use client';

import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useRouter } from 'next/navigation';
import type { ReactNode } from 'react';
import { trpc } from '#src/client/trpc.ts';
import { anchorOf } from '#src/components/anchor.ts';
import {
  DocumentIcon,
  GearIcon,
  KeyboardIcon,
  MoonIcon,
  PlusIcon,
  SidebarIcon,
  SunIcon,
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
  const router = useRouter();
  const { data: user } = trpc.users.me.useQuery();
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  const isGuest = user?.isGuest ?? true;

  const commands: Command[] = [
    {
      id: 'new-chat',
      label: 'New chat',
      icon: <PlusIcon />,
      keys: ['Shift', 'O'],
      run: () => router.push('/chat'),
    },
    {
      id: 'sidebar',
      label: 'Show or hide the sidebar',
      icon: <SidebarIcon />,
      keys: ['B'],
      run: onToggleSidebar,
    },
    {
      id: 'colors',
      label: isDark ? 'Use light colors' : 'Use dark colors',
      icon: isDark ? <SunIcon /> : <MoonIcon />,
      run: () => setColorScheme(isDark ? 'light' : 'dark'),
    },
    { id: 'keys', label: 'Keyboard shortcuts', icon: <KeyboardIcon />, run: onShowKeys },
    ...(user?.role === 'admin'
      ? [{ id: 'accounts', label: 'Accounts', icon: <UsersIcon />, run: () => router.push('/admin') }]
      : []),
    {
      id: 'reference',
      label: 'API reference',
      icon: <DocumentIcon />,
      run: () => window.location.assign('/docs'),
    },
  ];
  const settings: Command[] = groupsFor({ isGuest })
    .flatMap(({ sections }) => sections)
    .map(({ title }) => ({
      id: `settings-${anchorOf(title)}`,
      label: `Settings: ${title}`,
      icon: <GearIcon />,
      run: () => router.push(`/settings#${anchorOf(title)}`),
    }));
  return { commands, settings };
}
