import { useErrorMessages } from '#src/client/use-error-messages.ts';
import type { UploadFailure } from '#src/client/uploads.ts';
import { useTranslations } from '#texts';

/** The server's words for a file that it does not accept. */
const FIELD = 'file: ';
const PIXELS = /^is an image of (\d+) × (\d+) pixels; at most (\d+) pixels/;

/** Returns a function that tells why a file was not uploaded. */
export function useUploadFailure(): (failure: UploadFailure) => string {
  const t = useTranslations('chat.files');
  const { messageOfCode } = useErrorMessages();
  return (failure) => {
    if (failure.kind !== 'rejected') return failure.kind === 'lost' ? t('lost') : t('failed');
    const { code, detail } = failure;
    if (code !== 'INVALID_INPUT' || !detail.startsWith(FIELD)) return messageOfCode(code, detail);
    const problem = detail.slice(FIELD.length);
    if (problem.startsWith('must be a PNG')) return t('wrongType');
    if (problem === 'is empty') return t('empty');
    const [width, height, max] = PIXELS.exec(problem)?.slice(1).map(Number) ?? [];
    if (width !== undefined && height !== undefined && max !== undefined)
      return t('tooManyPixels', { width, height, max });
    return t('rejected', { problem });
  };
}
