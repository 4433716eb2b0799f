import type { ReactNode } from 'react';
import { useTranslations } from '#texts';
import { WarningIcon } from './basic-icons.tsx';
import classes from './error-note.module.css';
import { RetryButton } from './retry-button.tsx';

interface ErrorNoteProps {
  children: ReactNode;
  /** The action of the retry button, if a retry makes sense. */
  onRetry?: (() => void) | undefined;
  retryLabel?: string;
  /** The time from which a retry makes sense, in milliseconds. */
  retryAt?: number | null;
  /** Another button, before the retry button. */
  action?: ReactNode;
}

/** Shows an error, which screen readers announce. */
export function ErrorNote({ children, onRetry, retryLabel, retryAt = null, action }: ErrorNoteProps) {
  const t = useTranslations('common');
  return (
    <div role="alert" className={classes['note']}>
      <span className={classes['icon']}>
        <WarningIcon />
      </span>
      <div className={classes['body']}>
        <p>{children}</p>
        {(action !== undefined || onRetry) && (
          <div className={classes['buttons']}>
            {action}
            {onRetry && (
              <RetryButton label={retryLabel ?? t('tryAgain')} retryAt={retryAt} onRetry={onRetry} />
            )}
          </div>
        )}
      </div>
    </div>
  );
}
