interface SettingsSection {
  /** The title of its `Section`. */
  title: string;
  isForGuests: boolean;
}

/** The sections of the settings that the search for commands finds. */
export const SECTIONS: readonly SettingsSection[] = [
  { title: 'Profile', isForGuests: false },
  { title: 'Password', isForGuests: false },
  { title: 'Chat', isForGuests: true },
  { title: 'Model provider keys', isForGuests: false },
  { title: 'API keys', isForGuests: false },
  { title: 'Connected programs', isForGuests: false },
  { title: 'Registered programs', isForGuests: false },
  { title: 'Active sessions', isForGuests: true },
  { title: 'Activity', isForGuests: true },
  { title: 'Shared links', isForGuests: false },
  { title: 'Your data', isForGuests: true },
];
