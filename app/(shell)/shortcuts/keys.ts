import { useTranslations } from '#texts';

/** A keyboard shortcut. `mod` is Ctrl, or Command on a Mac. */
export interface Shortcut {
  keys: string[];
  /** What it does. */
  command: 'search' | 'newChat' | 'send' | 'newLine' | 'shortcuts' | 'sidebar';
}

/** The shortcuts of the pages of a signed-in user. */
export const SHORTCUTS: readonly Shortcut[] = [
  { keys: ['mod', 'K'], command: 'search' },
  { keys: ['mod', 'Shift', 'O'], command: 'newChat' },
  { keys: ['Enter'], command: 'send' },
  { keys: ['Shift', 'Enter'], command: 'newLine' },
  { keys: ['?'], command: 'shortcuts' },
  { keys: ['mod', 'B'], command: 'sidebar' },
];

/** Returns a function that returns the label of a key. Only for components that the server does not render. */
export function useKeyLabels(): (key: string) => string {
  const t = useTranslations('shell.keys');
  return (key) => {
    if (key === 'mod') return /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : t('ctrl');
    if (key === 'Shift') return t('shift');
    return key === 'Enter' ? t('enter') : key;
  };
}
