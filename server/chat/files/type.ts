/** The media types of files that can be uploaded. The content decides, not the name or what the client says. */
export type FileType =
  'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp' | 'application/pdf' | 'text/plain';

/** The extensions of each type, the usual one first. Text may have any. */
const EXTENSIONS: Record<FileType, readonly string[]> = {
  'image/png': ['png', 'apng'],
  'image/jpeg': ['jpg', 'jpeg', 'jpe', 'jfif'],
  'image/gif': ['gif'],
  'image/webp': ['webp'],
  'application/pdf': ['pdf'],
  'text/plain': [],
};

/** The longest name that is kept, in UTF-16 code units. */
const MAX_NAME = 200;
/** The longest extension that is kept if a name is shortened. */
const MAX_EXTENSION = 20;

const utf8 = new TextDecoder('utf-8', { fatal: true });
/** Control characters that no text has: all but white space, the backspace and the escape of terminals. */
// eslint-disable-next-line no-control-regex -- It looks for control characters.
const BINARY = /[\0-\x07\x0e-\x1a\x1c-\x1f]/;

function isText(bytes: Uint8Array): boolean {
  try {
    return !BINARY.test(utf8.decode(bytes));
  } catch {
    return false;
  }
}

/** Returns the type of a file by its first bytes, or by all of them for text; `null` for any other type. */
export function typeOf(bytes: Uint8Array): FileType | null {
  const start = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (start.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (start.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (/^GIF8[79]a/.test(start)) return 'image/gif';
  if (/^RIFF[^]{4}WEBP$/.test(start)) return 'image/webp';
  if (start.startsWith('%PDF-')) return 'application/pdf';
  return isText(bytes) ? 'text/plain' : null;
}

/** True if browsers may show a file of this type in a page. Other files are only downloaded. */
export const isImage = (mediaType: string): boolean => mediaType.startsWith('image/');

/** Shortens text by whole characters, so that no half of a surrogate pair is left. */
const shorten = (text: string, length: number) => text.slice(0, length).replace(/[\ud800-\udbff]$/, '');

/**
 * Returns a name for a file: without folders, control characters and characters that change the direction of text, of
 * at most MAX_NAME code units, and with an extension of its type.
 */
export function fileName(name: string, type: FileType): string {
  const base = name.toWellFormed().replace(/^.*[/\\]/su, '');
  const clean = base
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu, ' ')
    .trim()
    .replace(/^\.+/, '');
  const [usual, ...others] = EXTENSIONS[type];
  const [, extension = ''] = /\.([^. ]+)$/.exec(clean) ?? [];
  const isKnown = usual === undefined || [usual, ...others].includes(extension.toLowerCase());
  const whole = clean === '' ? `file.${usual ?? 'txt'}` : isKnown ? clean : `${clean}.${usual}`;
  if (whole.length <= MAX_NAME) return whole;
  const end = /\.[^. ]+$/.exec(whole)?.[0] ?? '';
  const kept = end.length <= MAX_EXTENSION ? end : '';
  return shorten(whole.slice(0, whole.length - kept.length), MAX_NAME - kept.length) + kept;
}
