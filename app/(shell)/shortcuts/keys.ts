/** A keyboard shortcut. `mod` is Ctrl, or Command on a Mac. */
export interface Shortcut {
  keys: string[];
  label: string;
}

/** The shortcuts of the pages of a signed-in user. */
export const SHORTCUTS: readonly Shortcut[] = [
  { keys: ['mod', 'K'], label: 'Search chats and commands' },
  { keys: ['mod', 'Shift', 'O'], label: 'New chat' },
  { keys: ['Enter'], label: 'Send the message' },
  { keys: ['Shift', 'Enter'], label: 'New line in the message' },
  { keys: ['?'], label: 'Keyboard shortcuts' },
  { keys: ['mod', 'B'], label: 'Show or hide the sidebar' },
];

/** The name of the key `mod` on this device. Only for code that does not run on the server. */
export const MOD = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl';
