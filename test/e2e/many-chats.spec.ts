import { type Page, test } from '@playwright/test';
import { signUpAdmin } from '../client.ts';
import { addChats } from '../many-chats.ts';
import { startServer } from '../server.ts';
import { violationsOn } from './axe.ts';
import { openAs } from './scripted-site.ts';
import { expect, withBrowsers } from './site.ts';

const CHATS = 10_000;
/** More than fit on the screen, with those above and below it. */
const MAX_ROWS = 100;

const listOn = (page: Page) => page.getByRole('navigation', { name: 'Chats' });
const rowsOn = (page: Page) => listOn(page).getByRole('listitem');
const link = (page: Page, title: string) => listOn(page).getByRole('link', { name: title, exact: true });

/** Waits until a row listens to events. */
const isHydrated = (page: Page, title: string) =>
  page.waitForFunction(
    (name) =>
      Object.keys(document.querySelector(`a[title="${name}"]`) ?? {}).some((key) =>
        key.startsWith('__reactProps'),
      ),
    title,
  );

/** Scrolls to the end of what is loaded with each frame, until the list has this chat. */
function scrollTo(page: Page, title: string): Promise<unknown> {
  return page.evaluate(
    (name) =>
      new Promise<void>((resolve) => {
        const nav = document.querySelector('nav[aria-label="Chats"]');
        const scroll = () => {
          nav?.parentElement?.scrollTo(0, nav.scrollHeight);
          if (nav?.querySelector(`a[title="${name}"]`)) resolve();
          else requestAnimationFrame(scroll);
        };
        scroll();
      }),
    title,
  );
}

test(`shows, finds and renames ${CHATS} chats, and never loses the focus`, async ({ browser }) => {
  const empty = await startServer();
  const admin = await signUpAdmin(empty);
  const server = await addChats(empty, admin.id, CHATS);
  const account = { ...admin, url: server.url };
  await withBrowsers(browser, server.url, async (openBrowser) => {
    const page = await openAs(account, openBrowser());
    // A page behind another one draws one frame per second.
    await page.bringToFront();

    await test.step('the focus remains when only the rows in view are in the document, and out of view', async () => {
      await isHydrated(page, 'Chat 5');
      await link(page, 'Chat 5').focus();
      await scrollTo(page, 'Chat 300');
      await expect(link(page, 'Chat 5')).toBeFocused();
      await expect(link(page, 'Chat 5')).not.toBeInViewport();
      await expect(link(page, 'Chat 20')).toHaveCount(0);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await expect(link(page, 'Chat 6')).toBeFocused();
      await expect(link(page, 'Chat 6')).toBeInViewport();
      await expect(link(page, 'Chat 20')).toBeVisible();
    });

    await test.step('the oldest chat is there, and few rows are', async () => {
      await scrollTo(page, `Chat ${CHATS}`);
      await expect(listOn(page).getByRole('status')).toHaveCount(0);
      await expect(link(page, `Chat ${CHATS}`)).toBeInViewport();
      await expect(link(page, 'Chat 6')).toBeFocused();
      expect(await rowsOn(page).count()).toBeLessThan(MAX_ROWS);
      const group = listOn(page).getByRole('region').last();
      const size = await group.getByRole('listitem').last().getAttribute('aria-setsize');
      await expect(group.getByRole('listitem').last()).toHaveAttribute('aria-posinset', size ?? '');
      expect(await violationsOn(page, 'nav[aria-label="Chats"]')).toEqual([]);
    });

    await test.step('it is renamed in place, for few requests, and opened', async () => {
      let lists = 0;
      page.on('request', (request) => {
        lists += request.url().match(/chat\.list/g)?.length ?? 0;
      });
      await link(page, `Chat ${CHATS}`).hover();
      await listOn(page)
        .getByRole('button', { name: `Actions for “Chat ${CHATS}”` })
        .click();
      await page.getByRole('menuitem', { name: 'Rename' }).click();
      await expect(listOn(page).getByRole('textbox', { name: 'Title' })).toBeFocused();
      await page.keyboard.type('The oldest one');
      await page.keyboard.press('Enter');
      await expect(link(page, 'The oldest one')).toBeFocused();
      await expect(link(page, 'The oldest one')).toBeInViewport();
      await page.keyboard.press('Enter');
      await expect(page).toHaveTitle(/^The oldest one/);
      await expect(link(page, 'The oldest one')).toHaveAttribute('aria-current', 'page');
      await expect(link(page, 'The oldest one')).toBeInViewport();
      expect(lists).toBeLessThanOrEqual(3);
    });
  });
  await server.stop();
});
