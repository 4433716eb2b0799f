import type { common as english } from '../en/common.ts';
import type { TranslationOf } from '../texts.ts';

export const common = {
  description: 'Eine Prozedur für alle Aufrufer: Chat, REST, RPC und mehr über eine typisierte API.',
  home: 'Startseite',
  homeOf: '{product}, Startseite',
  cancel: 'Abbrechen',
  tryAgain: 'Erneut versuchen',
  retryIn: 'in {seconds, number} s',
  loadMore: 'Mehr laden',
  showOrHide: 'Anzeigen oder verbergen',
  showAll: 'Alles anzeigen',
  copied: 'Kopiert',
  copyCode: 'Code kopieren',
  wrapLines: 'Zeilen umbrechen',
  plainText: 'Text',
  lightColors: 'Helle Farben verwenden',
  darkColors: 'Dunkle Farben verwenden',
  dismiss: 'Schließen',
  notifications: 'Benachrichtigungen',
  notLoaded: 'Das konnte nicht geladen werden. Bitte die Verbindung prüfen und erneut versuchen.',
  disconnected: 'Die Verbindung zum Server ist unterbrochen. Neuer Versuch läuft …',
  offline: 'Keine Internetverbindung. Sobald sie wieder besteht, geht es weiter.',
  maintenance: 'Der Server wird gewartet. Lesen geht, Änderungen sind später wieder möglich.',
  notFound: {
    pageTitle: 'Nicht gefunden',
    title: 'Seite nicht gefunden',
    text: 'Die Adresse ist falsch, oder die Seite wurde entfernt.',
  },
  failed: {
    title: 'Etwas ist schiefgegangen',
    text: 'Die Seite konnte nicht angezeigt werden.',
    textWithId:
      'Die Seite konnte nicht angezeigt werden. Falls das weiterhin geschieht, bitte dem Admin den Fehler {id} melden.',
  },
  instructions: {
    example: 'Zum Beispiel: Antworte kurz. Ich schreibe TypeScript.',
    tooLong: 'Zu lang: {length, number} von höchstens {max, number} Zeichen.',
  },
  scopes: {
    read: 'Alles lesen',
    readHint: 'Chats, Profil und Nutzung',
    write: 'Alles lesen und ändern',
    writeHint: 'Nachrichten senden, Chats umbenennen, teilen und löschen, Profil bearbeiten',
    chatRead: 'Chats lesen',
    chatWrite: 'Chats lesen und ändern',
    chatWriteHint: 'Nachrichten senden, Chats umbenennen, teilen und löschen',
    usersRead: 'Profil lesen',
    usersWrite: 'Profil lesen und ändern',
    protectedRead: 'Nutzung lesen',
    protectedWrite: 'Kontoeinstellungen lesen und ändern',
  },
} satisfies TranslationOf<typeof english>;
