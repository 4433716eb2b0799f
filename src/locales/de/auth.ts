import type { auth as english } from '../en/auth.ts';
import type { TranslationOf } from '../texts.ts';

export const auth = {
  signIn: {
    pageTitle: 'Anmelden',
    title: 'Anmelden',
    submit: 'Anmelden',
    question: 'Noch kein Konto?',
    other: 'Registrieren',
    hasEnded:
      'Die Sitzung ist abgelaufen. Nach der Anmeldung geht es an derselben Stelle weiter. Nicht gesendeter Text bleibt in diesem Browser erhalten.',
  },
  signUp: {
    pageTitle: 'Registrieren',
    title: 'Konto erstellen',
    submit: 'Registrieren',
    question: 'Schon ein Konto?',
    other: 'Anmelden',
  },
  form: {
    keepsChats: 'Die Gast-Chats bleiben erhalten.',
    name: 'Name',
    email: 'E-Mail',
    password: 'Passwort',
    passwordHint: 'Mindestens {count, plural, one {# Zeichen} other {# Zeichen}}',
    nameMissing: 'Name eingeben',
    emailInvalid: 'E-Mail-Adresse eingeben',
    passwordMissing: 'Passwort eingeben',
    passwordShort: 'Mindestens {count, plural, one {# Zeichen} other {# Zeichen}} verwenden',
    or: 'oder',
    asGuest: 'Als Gast fortfahren',
  },
  connect: {
    pageTitle: 'Programm verbinden',
    title: '{name} verbinden?',
    actsAs: 'Das Programm handelt über MCP als {account}, bis es in den Einstellungen getrennt wird.',
    unverified: 'Der Name ist nicht bestätigt',
    unverifiedText:
      'Nur fortfahren, wenn Sie dies gerade in einem Programm begonnen haben, dem Sie vertrauen.',
    verified: 'Das Programm hat nachgewiesen, dass es zu <strong>{host}</strong> gehört.',
    sentTo: 'Der Zugriff wird an <strong>{target}</strong> gesendet.',
    sentToThisComputer:
      'Der Zugriff wird an <strong>{target}</strong> gesendet. Das ist dieser Computer. Jedes Programm, das darauf läuft, könnte den Zugriff erhalten.',
    sentToApplication:
      'Der Zugriff wird an die Anwendung gesendet, die auf diesem Computer Links mit <strong>{target}</strong> öffnet.',
    sentToAnyApplication:
      'Der Zugriff wird an die Anwendung gesendet, die auf diesem Computer Links mit <strong>{target}</strong> öffnet. Jedes Programm, das darauf läuft, könnte den Zugriff erhalten.',
    mayDo: 'Berechtigungen',
    asAdmin: 'Als Admin gilt dies für die Daten aller Konten.',
    submit: 'Verbinden',
    rejectedTitle: 'Dieses Programm kann nicht verbunden werden',
    rejectedText: 'Die Anfrage ist ungültig oder zu alt. Bitte im Programm neu beginnen.',
  },
} satisfies TranslationOf<typeof english>;
