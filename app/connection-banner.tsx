'use client';

import { useDebouncedValue, useWindowEvent } from '@mantine/hooks';
import { useTranslations } from '#texts';
import classes from './connection-banner.module.css';
import { useConnection } from './use-connection.ts';
import { useMaintenance } from './use-maintenance.ts';

/** The time that a disconnection takes before it is shown, in milliseconds. */
const SHOWN_AFTER_MS = 500;

/** Returns the link that a click would follow in this tab, unless it is a download. */
function followedLink(event: MouseEvent): HTMLAnchorElement | null {
  const { target, button, ctrlKey, metaKey, shiftKey, altKey } = event;
  if (button !== 0 || ctrlKey || metaKey || shiftKey || altKey || !(target instanceof Element)) return null;
  const link = target.closest('a');
  return link && link.href !== '' && link.target === '' && !link.hasAttribute('download') ? link : null;
}

/**
 * Tells that the browser is offline or that the server cannot be reached. Links then wait for the connection, and changes
 * too (`Queries`). Otherwise, tells that the server is in maintenance.
 * @param wasInMaintenance true if it was when it rendered the page.
 */
export function ConnectionBanner({ wasInMaintenance }: { wasInMaintenance: boolean }) {
  const t = useTranslations('common');
  const { isOnline, isDown } = useConnection();
  const isInMaintenance = useMaintenance(wasInMaintenance);
  const [wasDown] = useDebouncedValue(isDown, SHOWN_AFTER_MS);

  // Next handles the links between its pages. Other pages of this site, such as the API reference, would be replaced by
  // the error page of the browser.
  useWindowEvent('click', (event) => {
    if (isDown && !event.defaultPrevented && followedLink(event)) event.preventDefault();
  });

  return (
    <div role="status" className={classes['region']}>
      {isDown && wasDown && (
        <p className={classes['banner']} data-disconnected>
          {t(isOnline ? 'disconnected' : 'offline')}
        </p>
      )}
      {!isDown && isInMaintenance && (
        <p className={classes['banner']} data-maintenance>
          {t('maintenance')}
        </p>
      )}
    </div>
  );
}
