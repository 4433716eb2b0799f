interface SettingsSection {
  /** The title of its `Section`. */
  title: string;
  isForGuests: boolean;
}

interface SettingsGroup {
  title: string;
  sections: readonly SettingsSection[];
}

/** The groups of the settings, in the order of the page. */
const GROUPS: readonly SettingsGroup[] = [
  {
    title: 'General',
    sections: [
      { title: 'Profile', isForGuests: false },
      { title: 'Appearance', isForGuests: true },
    ],
  },
  {
    title: 'Chat',
    sections: [
      { title: 'Default model', isForGuests: true },
      { title: 'Instructions', isForGuests: true },
      { title: 'Model provider keys', isForGuests: false },
    ],
  },
  {
    title: 'Programs',
    sections: [
      { title: 'API keys', isForGuests: false },
      { title: 'Connected programs', isForGuests: false },
      { title: 'Registered programs', isForGuests: false },
    ],
  },
  { title: 'Usage', sections: [{ title: 'Tokens by day', isForGuests: true }] },
  {
    title: 'Security',
    sections: [
      { title: 'Password', isForGuests: false },
      { title: 'Active sessions', isForGuests: true },
      { title: 'Activity', isForGuests: true },
    ],
  },
  {
    title: 'Data',
    sections: [
      { title: 'Shared links', isForGuests: false },
      { title: 'Import chats', isForGuests: true },
      { title: 'Your data', isForGuests: true },
    ],
  },
];

/** Returns the groups with the sections that a user has. */
export function groupsFor({ isGuest }: { isGuest: boolean }): SettingsGroup[] {
  return GROUPS.map(({ title, sections }) => ({
    title,
    sections: sections.filter(({ isForGuests }) => isForGuests || !isGuest),
  })).filter(({ sections }) => sections.length > 0);
}
