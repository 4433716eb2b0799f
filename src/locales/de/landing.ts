import type { landing as english } from '../en/landing.ts';
import type { TranslationOf } from '../texts.ts';

export const landing = {
  signIn: 'Anmelden',
  signUp: 'Registrieren',
  startChatting: 'Chat beginnen',
  openChats: 'Zu Ihren Chats',
  title: 'Eine Prozedur für alle Aufrufer.',
  introduction:
    '{product} ist eine typisierte API-Schicht für Next.js. Eine Prozedur wird einmal geschrieben und von React, REST, einem SDK, KI-Agenten und KI-Chats aufgerufen. Hier als Beispiel: ein Chat, dessen Antworten geschlossene Tabs und Verbindungsabbrüche überstehen.',
  example: 'Beispiel',
  callers: 'Aufrufer von {product}',
  server: 'Server',
  onceTitle: 'Einmal geschrieben',
  onceText:
    'Eine typisierte Prozedur ist React-Hook, REST-Endpunkt und OpenAPI-Eintrag zugleich: mit denselben Berechtigungen, Prüfungen und Fehlern.',
  survivesTitle: 'Antworten, die bleiben',
  survivesText:
    'Der Server schreibt Antworten im Hintergrund. Ob Tab geschlossen, Seite neu geladen oder Gerät gewechselt: Die Antwort geht weiter.',
  commandTitle: 'Ein Befehl',
  commandText:
    'Datenbank, Geheimnisse und ein Offline-Ratgeber sind enthalten. Für ein Sprachmodell genügt ein API-Schlüssel.',
  picture: 'Ein Chat, in dem der Offline-Ratgeber eine Frage beantwortet hat',
  forDevelopers:
    'Für Entwickler: <reference>API-Referenz</reference> · <document>OpenAPI-Dokument</document>',
} satisfies TranslationOf<typeof english>;
