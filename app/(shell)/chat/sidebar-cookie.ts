import { PRODUCT } from '#contract/product';

/** The cookie that remembers a hidden sidebar, so that the server can render the page without it. */
export const SIDEBAR_COOKIE = `${PRODUCT.slug}-sidebar`;
/** The value of the cookie while the sidebar is hidden. */
export const HIDDEN = 'hidden';

const YEAR_S = 31_536_000;

/** Remembers in this browser whether the sidebar is hidden. */
export function rememberSidebar(isHidden: boolean): void {
  document.cookie = isHidden
    ? `${SIDEBAR_COOKIE}=${HIDDEN}; path=/; max-age=${YEAR_S}; samesite=lax`
    : `${SIDEBAR_COOKIE}=; path=/; max-age=0; samesite=lax`;
}
