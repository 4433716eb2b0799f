import type { Messages } from 'use-intl/core';

/** The anchor of a section or group. Its title is in the catalog under the same name. */
export type SectionId = keyof Messages['sections'];

interface SettingsSection {
  id: SectionId;
  isForGuests: boolean;
}

interface SettingsGroup {
  id: SectionId;
  sections: readonly SettingsSection[];
}

/** The groups of the settings, in the order of the page. */
const GROUPS: readonly SettingsGroup[] = [
  {
    id: 'general',
    sections: [
      { id: 'profile', isForGuests: false },
      { id: 'appearance', isForGuests: true },
    ],
  },
  {
    id: 'chat',
    sections: [
      { id: 'default-model', isForGuests: true },
      { id: 'instructions', isForGuests: true },
      { id: 'model-provider-keys', isForGuests: false },
    ],
  },
  {
    id: 'programs',
    sections: [
      { id: 'api-keys', isForGuests: false },
      { id: 'connected-programs', isForGuests: false },
      { id: 'registered-programs', isForGuests: false },
    ],
  },
  { id: 'usage', sections: [{ id: 'tokens-by-day', isForGuests: true }] },
  {
    id: 'security',
    sections: [
      { id: 'password', isForGuests: false },
      { id: 'active-sessions', isForGuests: true },
      { id: 'activity', isForGuests: true },
    ],
  },
  {
    id: 'data',
    sections: [
      { id: 'shared-links', isForGuests: false },
      { id: 'import-chats', isForGuests: true },
      { id: 'your-data', isForGuests: true },
    ],
  },
];

/** Returns the groups with the sections that a user has. */
export function groupsFor({ isGuest }: { isGuest: boolean }): SettingsGroup[] {
  return GROUPS.map(({ id, sections }) => ({
    id,
    sections: sections.filter(({ isForGuests }) => isForGuests || !isGuest),
  })).filter(({ sections }) => sections.length > 0);
}
