import type { Page } from '@playwright/test';
import { signUp } from '../client.ts';
import { begun, openAs, questionOf, test, withChat } from './scripted-site.ts';
import { answerOn, ask, expect, signIn, untilComplete, wordsOn } from './site.ts';

const stopOn = (page: Page) => page.getByRole('button', { name: 'Stop the answer' });

test('an answer continues after its tab is closed, and other tabs show it', async ({ openBrowser, site }) => {
  const first = await openAs(await signUp(site.server.url), openBrowser());
  const context = first.context();
  const idle = await context.newPage();
  await ask(first, 'Tell me a lot');
  const answer = await begun(site, 'word1 word2 ');
  await first.waitForURL(/\/chat\/[\w-]+$/);
  const url = first.url();
  await expect(answerOn(first)).toContainText('word2');
  await idle.goto(url);
  await expect(answerOn(idle)).toContainText('word2');
  await first.close();

  await answer.say('word3 ');
  await expect(answerOn(idle)).toContainText('word3');
  await answer.say('word4');
  answer.finish();
  await untilComplete(idle);
  await expect.poll(() => wordsOn(idle)).toBe('word1 word2 word3 word4');
  const reopened = await context.newPage();
  await reopened.goto(url);
  await expect.poll(() => wordsOn(reopened)).toBe('word1 word2 word3 word4');

  // An open tab follows a question from another tab.
  await ask(reopened, 'And more');
  const more = await begun(site, 'word5 ');
  await expect(idle.getByText('And more')).toBeVisible();
  await expect(stopOn(idle)).toBeVisible();
  await expect(answerOn(idle)).toContainText('word5');
  await more.say('word6');
  more.finish();
  await Promise.all([untilComplete(idle), untilComplete(reopened)]);
  await expect.poll(() => wordsOn(idle)).toBe('word5 word6');
  await expect.poll(() => wordsOn(reopened)).toBe('word5 word6');
  await expect(idle.getByTestId('answer')).toHaveCount(2);
});

test('a phone shows the whole answer after the laptop that asked went offline', async ({
  openBrowser,
  site,
}) => {
  const account = await signUp(site.server.url);
  const page = await openAs(account, openBrowser());
  await ask(page, 'Tell me a lot');
  const answer = await begun(site, 'word1 ');
  await page.waitForURL(/\/chat\/[\w-]+$/);
  await expect(answerOn(page)).toContainText('word1');
  const url = page.url();
  await page.context().setOffline(true);
  await page.context().close();
  await answer.say('word2 ');

  const phone = await (await openBrowser(390)).newPage();
  await phone.goto(url);
  await phone.waitForURL(/\/sign-in\?next=/);
  await signIn(phone, account.email, account.password);
  await phone.waitForURL(url);
  await expect(answerOn(phone)).toContainText('word2');
  await expect(stopOn(phone)).toBeVisible();
  await answer.say('word3');
  answer.finish();
  await untilComplete(phone);
  await expect.poll(() => wordsOn(phone)).toBe('word1 word2 word3');
});

test('shows an answer as it grows, also after a reload', async ({ openBrowser, site }) => {
  const { account, path } = await withChat(site);
  const page = await openAs(account, openBrowser(), path);
  await ask(page, 'Tell me a lot');
  const answer = await site.provider.next();
  // The page shows the answer before its first word.
  await expect(page.getByTestId('answer')).toHaveCount(2);
  await expect(answerOn(page)).toContainText('The answer is being written.');
  let shown = '';
  const grow = async (from: number, to: number) => {
    for (let word = from; word <= to; word++) {
      await answer.say(`word${word} `);
      shown = `${shown} word${word}`.trim();
      await expect.poll(() => wordsOn(page)).toBe(shown);
    }
  };
  await grow(1, 5);
  await page.reload();
  await expect(stopOn(page)).toBeVisible();
  await expect.poll(() => wordsOn(page)).toBe(shown);
  await grow(6, 8);
  answer.finish();
  await untilComplete(page);
  await expect.poll(() => wordsOn(page)).toBe(shown);
});

test('stops an answer, keeps its text, regenerates it, and continues the stopped version', async ({
  openBrowser,
  site,
}) => {
  const page = await openAs(await signUp(site.server.url), openBrowser());
  await ask(page, 'Never end');
  const endless = await begun(site, 'word1 word2 ');
  await expect(answerOn(page)).toContainText('word2');
  await stopOn(page).click();
  await endless.abandoned;
  await expect(page.getByText('You stopped this answer.')).toBeVisible();
  await page.reload();
  await expect(page.getByText('You stopped this answer.')).toBeVisible();
  await expect.poll(() => wordsOn(page)).toBe('word1 word2');

  await page.getByRole('button', { name: 'Regenerate' }).click();
  const second = await begun(site, 'word10 ');
  expect(questionOf(second)).toBe('Never end');
  await expect(stopOn(page)).toBeVisible();
  await second.say('word11');
  second.finish();
  await untilComplete(page);
  await expect.poll(() => wordsOn(page)).toBe('word10 word11');
  await expect(page.getByTestId('answer')).toHaveCount(1);

  await expect(page.getByLabel('Version 2 of 2')).toBeVisible();
  await page.getByRole('button', { name: 'Earlier version' }).click();
  await expect(page.getByText('You stopped this answer.')).toBeVisible();
  await expect.poll(() => wordsOn(page)).toBe('word1 word2');
  await page.getByRole('button', { name: 'Continue' }).click();
  const rest = await begun(site, 'word3 ');
  await expect(stopOn(page)).toBeVisible();
  await rest.say('word4');
  rest.finish();
  await untilComplete(page);
  await expect.poll(() => wordsOn(page)).toBe('word1 word2 word3 word4');
});
