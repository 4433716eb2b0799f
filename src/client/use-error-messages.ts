import { useMemo } from 'react';
import type { ErrorCode } from '#contract/errors';
import { useLocale, useTranslations } from '#texts';
import { errorDataOf, type Failure, inLocalTime, retryTimeOf, timeIn } from './errors.ts';

type FieldTexts = ReturnType<typeof useTranslations<'errors.field'>>;

const boundOf = (words: string | undefined) =>
  words === 'at least' ? 'least' : words === 'at most' ? 'most' : 'exact';

/** The server's words for mistakes that a form does not notice itself, and what to tell its user. */
const INSTRUCTIONS: [RegExp, (t: FieldTexts, match: RegExpExecArray) => string][] = [
  [/^(?:is required|must not be empty)$/, (t) => t('required')],
  [
    /^must have (at least|at most|exactly) (\d+) characters?$/,
    (t, [, words, count]) => t('length', { bound: boundOf(words), count: Number(count) }),
  ],
  [/^must be an email address$/, (t) => t('email')],
  [
    /^must be (at least|at most) (\d+)$/,
    (t, [, words, limit = '']) => t('number', { bound: boundOf(words), limit }),
  ],
  [/^must be a URL, such as (.*)$/, (t, [, example = '']) => t('url', { example })],
  [/^must be one line$/, (t) => t('oneLine')],
  [/^must be well-formed Unicode without NUL characters$/, (t) => t('unreadable')],
  [/^must match .*$/, (t) => t('pattern')],
];

/** Returns an instruction for the user of a form. */
function instructionFor(message: string, t: FieldTexts): string {
  for (const [words, instruction] of INSTRUCTIONS) {
    const match = words.exec(message);
    if (match) return instruction(t, match);
  }
  return t('other', { message: `${message.charAt(0).toUpperCase()}${message.slice(1)}` });
}

interface ErrorMessages {
  /** Returns the message of an error to show to users, with times in their time zone. */
  messageOf: (error: unknown) => string;
  /** The same for the code of an error. @param detail the words of the server, which are in English. */
  messageOfCode: (code: ErrorCode, detail: string) => string;
  /** Returns what to show for an error that has just occurred. */
  failureOf: (error: unknown) => Failure;
  /** Returns the error message of each form field by its name. Only the first level of the input is considered. */
  fieldErrorsOf: (error: unknown) => Record<string, string>;
}

/** Returns functions that tell in the language of the page what has gone wrong. */
export function useErrorMessages(): ErrorMessages {
  const t = useTranslations('errors');
  const tField = useTranslations('errors.field');
  const locale = useLocale();
  return useMemo(() => {
    const messageOfCode = (code: ErrorCode, serverDetail: string) => {
      const detail = inLocalTime(serverDetail, locale);
      if (!t.has(`code.${code}`)) return t('detail', { detail });
      // Texts that replace the detail can use the time in it, such as when a quota resets.
      const time = timeIn(serverDetail);
      const values = { detail, time: time === undefined ? 'none' : inLocalTime(time, locale) };
      return t(`code.${code}`, values);
    };
    const messageOf = (error: unknown) => {
      const data = errorDataOf(error);
      return data ? messageOfCode(data.code, data.detail) : t('unreachable');
    };
    return {
      messageOf,
      messageOfCode,
      failureOf: (error) => ({ message: messageOf(error), retryAt: retryTimeOf(error) }),
      fieldErrorsOf: (error) =>
        Object.fromEntries(
          (errorDataOf(error)?.issues ?? []).map(({ pointer, message }) => {
            const [field = ''] = pointer.slice(1).split('/', 1);
            return [field, instructionFor(message, tField)];
          }),
        ),
    };
  }, [t, tField, locale]);
}
