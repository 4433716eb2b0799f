import './style-nonce.ts';
import '@scalar/api-reference/style.css';
import './scalar.css';
import { createApiReference } from '@scalar/api-reference';

/**
 * Loads nothing from other sites: no fonts, proxy, telemetry or assistant of Scalar. The browser sends the session
 * cookie with each request, so no security scheme is preselected.
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

function setScheme(scheme: Scheme | null) {
  document.body.classList.toggle('light-mode', scheme === 'light');
  document.body.classList.toggle('dark-mode', scheme === 'dark');
}

/** Shows the API reference in an element. */
export function showReference(element: HTMLElement) {
  const dark = document.documentElement.dataset['mantineColorScheme'] === 'dark';
  const settings = { ...SETTINGS, forceDarkModeState: dark ? ('dark' as const) : ('light' as const) };
  const { destroy } = createApiReference(element, settings);
  return {
    /** Changes the colors. Scalar itself reads its setting only once. */
    setScheme,
    destroy() {
      destroy();
      setScheme(null);
    },
  };
}
