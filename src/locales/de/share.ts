import type { share as english } from '../en/share.ts';
import type { TranslationOf } from '../texts.ts';

export const share = {
  untitled: 'Chat ohne Titel',
  description: 'Ein Chat, der aus {product} geteilt wurde.',
  about: 'Über {product}',
  facts: 'Kopie eines Chats, geteilt am <shared></shared>. Alle, die den Link haben, können sie lesen.',
  toBeginning: 'Zum Anfang',
  next: 'Weitere Nachrichten',
  incomplete: 'Diese Antwort ist unvollständig.',
  hiddenFiles:
    '{count, plural, one {# angehängte Datei ist nicht geteilt.} other {# angehängte Dateien sind nicht geteilt.}}',
  notFound: {
    pageTitle: 'Geteilter Chat nicht gefunden',
    title: 'Dieser Chat ist nicht geteilt',
    text: 'Der Link ist falsch, oder die Freigabe wurde beendet.',
  },
} satisfies TranslationOf<typeof english>;
