import { expect, test } from '@jest/globals';
import { renderToStaticMarkup } from 'react-dom/server';
import type { ErrorCode } from '#contract/errors';
import type { Language } from '#src/locales/languages.ts';
import { messagesIn } from '#src/locales/messages.ts';
import { LanguageProvider } from '#src/locales/provider.tsx';
import { CallError } from './errors.ts';
import { useErrorMessages } from './use-error-messages.ts';

function Message({ error }: { error: unknown }) {
  return useErrorMessages().messageOf(error);
}

/** Returns what a page shows for an error of the server. */
async function shown(language: Language, code: ErrorCode, detail: string): Promise<string> {
  const error = new CallError({
    code,
    status: 429,
    title: 'Error',
    detail,
    retryable: false,
    requestId: 'id',
  });
  return renderToStaticMarkup(
    <LanguageProvider locale={language} messages={await messagesIn(language, ['errors'])}>
      <Message error={error} />
    </LanguageProvider>,
  );
}

const QUOTA = 'You used 9 of 9 tokens today. The quota resets at 2026-12-01T00:00:00.000Z.';

test('English pages show the detail of the server, with the time of the reader', async () => {
  const text = await shown('en', 'QUOTA_EXCEEDED', QUOTA);
  expect(text).toMatch(/^You used 9 of 9 tokens today\. The quota resets at (Nov 30|Dec 1), 2026, .*\.$/);
});

test('German pages translate the code, and keep the time', async () => {
  const text = await shown('de', 'QUOTA_EXCEEDED', QUOTA);
  expect(text).toMatch(/^Das Token-Kontingent .* verbraucht\. .* ab (30\.11|01\.12)\.2026, \d\d:\d\d\.$/);
});

test('German pages show no time if the server names none', async () => {
  const text = await shown('de', 'QUOTA_EXCEEDED', 'All tokens are reserved.');
  expect(text).toBe('Das Token-Kontingent für heute ist verbraucht.');
});

test('English pages are sent no texts of codes, because they all show the detail', async () => {
  const { errors } = await messagesIn('en', ['errors']);
  expect(errors?.code).toEqual({});
  expect(await shown('en', 'QUOTA_EXCEEDED', 'All tokens are reserved.')).toBe('All tokens are reserved.');
  expect(await shown('en-XA', 'QUOTA_EXCEEDED', 'All tokens are reserved.')).toBe(
    '⟦All tokens are reserved.⟧',
  );
});
