import type { sections as english } from '../en/sections.ts';
import type { TranslationOf } from '../texts.ts';

export const sections = {
  general: 'Allgemein',
  administrator: 'Administration',
  profile: 'Profil',
  appearance: 'Darstellung',
  chat: 'Chat',
  'default-model': 'Standardmodell',
  instructions: 'Anweisungen',
  'model-provider-keys': 'Schlüssel für Modellanbieter',
  programs: 'Programme',
  'api-keys': 'API-Schlüssel',
  'connected-programs': 'Verbundene Programme',
  'registered-programs': 'Registrierte Programme',
  usage: 'Nutzung',
  'tokens-by-day': 'Tokens nach Tag',
  security: 'Sicherheit',
  password: 'Passwort',
  'active-sessions': 'Aktive Sitzungen',
  activity: 'Aktivität',
  data: 'Daten',
  'shared-links': 'Geteilte Links',
  'import-chats': 'Chats importieren',
  'your-data': 'Ihre Daten',
} satisfies TranslationOf<typeof english>;
