import type { BrowserContext, Page } from '@playwright/test';
import { PRODUCT } from '#contract/product';
import { ADMIN, expect, type OpenBrowser, PASSWORD } from './site.ts';

/** Attributes that people see or hear. */
const ATTRIBUTES = [
  'aria-label',
  'aria-description',
  'aria-roledescription',
  'aria-valuetext',
  'title',
  'placeholder',
  'alt',
];

/**
 * Returns the texts of a page in the language `en-XA` that do not come from the catalog, each with its element: visible
 * texts, texts for screen readers, accessible names, titles, placeholders and the title of the document. Elements with
 * `translate="no"`, times, which are formatted by the browser, and texts that are not shown do not count.
 * @param except a selector of elements that another test examines.
 */
export function unmarkedTexts(page: Page, except = 'template'): Promise<string[]> {
  const arg = { attributes: ATTRIBUTES, product: PRODUCT.name, except };
  return page.evaluate(({ attributes, product, except: selector }) => {
    const found = new Set<string>();
    /** Removes what is between marks, from the inside out, because a text can have another one as its argument. */
    const isMarked = (text: string) => {
      let rest = text;
      for (let before = ''; before !== rest;) {
        before = rest;
        rest = rest.replaceAll(/⟦[^⟦⟧]*⟧/g, '');
      }
      return !/[\p{L}⟦⟧]/u.test(rest);
    };
    const isExempt = (element: Element) =>
      !element.checkVisibility() ||
      element.closest(
        `[translate=no], script, style, noscript, time, textarea[aria-hidden=true], ${selector}`,
      ) !== null;
    const check = (text: string | null, element: Element, what: string) => {
      if (text !== null && !isExempt(element) && !isMarked(text))
        found.add(`${location.pathname} ${what} of <${element.localName}>: ${text.trim()}`);
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const { parentElement, nodeValue } = walker.currentNode;
      if (parentElement) check(nodeValue, parentElement, 'text');
    }
    for (const element of document.body.querySelectorAll('*')) {
      for (const name of attributes) check(element.getAttribute(name), element, name);
      // Fields that show a choice, such as a select, and buttons.
      if (element instanceof HTMLInputElement && (element.readOnly || element.role === 'combobox'))
        check(element.value, element, 'value');
    }
    check(document.title.replace(product, ''), document.body, 'title of the document');
    return [...found];
  }, arg);
}

/** The sidebar, which has a test of its own: elsewhere, it can have the chats of other tests. */
export const SIDEBAR = 'aside';

/**
 * Returns a function that collects the texts of a page that are not in the catalog, and the set of them.
 * @param ignored what it does not collect.
 */
export function collector(page: Page, { except, ignored }: { except?: string; ignored?: RegExp } = {}) {
  const found = new Set<string>();
  const check = async () => {
    for (const text of await unmarkedTexts(page, except)) if (!ignored?.test(text)) found.add(text);
  };
  return { found, check };
}

/** Returns how far the page can be scrolled to the side, in pixels. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Opens a browser that prefers a language. Rejected requests are expected. */
export const inLanguage = (openBrowser: OpenBrowser, language: string, width?: number) =>
  openBrowser(width, { locale: language, expected: /status of 4\d\d/ });

/** Signs a new person up by the API, whose account no other test changes. */
export async function signUpAnybody(context: BrowserContext): Promise<void> {
  const data = { name: '⟦Ada⟧', email: `${crypto.randomUUID()}@example.com`, password: PASSWORD };
  const response = await context.request.post('/api/auth/sign-up/email', { data });
  expect(response.ok()).toBe(true);
}

/** Signs the admin of the site in by the API, because the form is in the language of the browser. */
export async function signInAsAdmin(context: BrowserContext): Promise<void> {
  const data = { email: ADMIN, password: PASSWORD };
  const response = await context.request.post('/api/auth/sign-in/email', { data });
  expect(response.ok()).toBe(true);
}
