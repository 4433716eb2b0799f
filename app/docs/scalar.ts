import './style-nonce.ts';
import '@scalar/api-reference/style.css';
import './scalar.css';
import { createApiReference } from '@scalar/api-reference';

/**
 * Everything comes from this site: no font, no proxy, no telemetry, no assistant of Scalar's. A call that is tried goes
 * out with the session cookie, which the browser adds by itself, so no scheme is chosen beforehand.
 */
const SETTINGS = {
  url: '/api/openapi.json',
  authentication: { preferredSecurityScheme: [] },
  theme: 'none' as const,
  hideDarkModeToggle: true,
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: 'never' as const,
  showOperationId: true,
  defaultOpenAllTags: true,
};

type Scheme = 'light' | 'dark';

function wear(scheme: Scheme | null) {
  document.body.classList.toggle('light-mode', scheme === 'light');
  document.body.classList.toggle('dark-mode', scheme === 'dark');
}

/** Shows the API reference in an element. */
export function showReference(element: HTMLElement) {
  const dark = document.documentElement.dataset['mantineColorScheme'] === 'dark';
  const settings = { ...SETTINGS, forceDarkModeState: dark ? ('dark' as const) : ('light' as const) };
  const { destroy } = createApiReference(element, settings);
  return {
    /** Changes the colours. Scalar itself reads its setting once only. */
    wear,
    destroy() {
      destroy();
      wear(null);
    },
  };
}
