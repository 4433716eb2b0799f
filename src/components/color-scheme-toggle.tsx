'use client';

import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useMounted } from '@mantine/hooks';
import { useTranslations } from '#texts';
import { MoonIcon, SunIcon } from './basic-icons.tsx';
import classes from './color-scheme-toggle.module.css';

/** Switches between light and dark. The default is the setting of the system. */
export function ColorSchemeToggle() {
  const t = useTranslations('common');
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  // The server does not know the scheme, so it renders the icon for light.
  const isDark = useMounted() && scheme === 'dark';
  return (
    <button
      type="button"
      className={classes['toggle']}
      aria-label={t(isDark ? 'lightColors' : 'darkColors')}
      onClick={() => setColorScheme(isDark ? 'light' : 'dark')}
    >
      {isDark ? <SunIcon /> : <MoonIcon />}
    </button>
  );
}
