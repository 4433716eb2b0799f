'use client';

import { PRODUCT } from '#contract/product';

/** Shown if the layout itself fails. It has no styles of its own. */
export default function GlobalError({ reset }: { reset: () => void }) {
  return (
    <html lang="en">
      <body style={{ fontFamily: 'system-ui, sans-serif', padding: '20vh 1rem', textAlign: 'center' }}>
        <title>{`Something went wrong · ${PRODUCT.name}`}</title>
        <h1>Something went wrong</h1>
        <p>The page could not be shown.</p>
        <button type="button" onClick={reset}>
          Try again
        </button>
      </body>
    </html>
  );
}
