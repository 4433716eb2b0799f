import type { Browser, Page } from '@playwright/test';
import { addChats } from '#test/many-chats';
import { type Fluency, openContext, whileWorking } from './browser.ts';
import type { Site } from './site.ts';

/** A part of a script for the page: the element that scrolls the list of chats. */
const VIEWPORT = `document.querySelector('nav[aria-label="Chats"]').parentElement`;

/** Scrolls the list with each frame, until a condition is met. Runs in the page, like all times of frames. */
const scroll = (page: Page, step: string, isDone: string) =>
  page.evaluate(`new Promise((resolve) => {
    const viewport = ${VIEWPORT};
    const frame = () => {
      ${step};
      if (${isDone}) resolve();
      else requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  })`);

/** How far the list scrolls between two frames, in pixels. */
const STEP = 300;

/** The fluency of the sidebar, and the rows in the document at the end. */
export interface Scrolled {
  loading: Fluency;
  scrolling: Fluency;
  rows: number;
}

/** Starts the server of a site again, with many chats of the account in the sidebar. */
export async function withManyChats(site: Site, count: number): Promise<Site> {
  const server = await addChats(site.server, site.account.id, count);
  return { ...site, server };
}

/** Scrolls down through all chats of the sidebar while they are loaded, and then up. */
export async function measureSidebar(browser: Browser, site: Site, count: number): Promise<Scrolled> {
  const context = await openContext(browser, site);
  try {
    const page = await context.newPage();
    await page.goto('/chat', { waitUntil: 'networkidle' });
    await page.bringToFront();
    const isLast = `viewport.querySelector('a[title="Chat ${count}"]')`;
    const loading = await whileWorking(page, async () => {
      await scroll(page, 'viewport.scrollTop = viewport.scrollHeight', isLast);
    });
    const scrolling = await whileWorking(page, async () => {
      await scroll(page, `viewport.scrollTop -= ${STEP}`, 'viewport.scrollTop === 0');
    });
    const rows = await page.locator('nav[aria-label="Chats"] [data-row]').count();
    return { loading, scrolling, rows };
  } finally {
    await context.close();
  }
}
