import type { Page } from '@playwright/test';
import { answerOn, ask, chooseModel, expect, showAnswer, signUp, test, untilComplete } from './site.ts';

const MARKDOWN = `Words with a note[^1] and a picture ![chart](https://pictures.example/a.png).

\`\`\`ts
const answer: number = 42; // a comment
\`\`\`

- [x] done
- [ ] not done

שלום עולם

A link to [a file](docs/rest.md).

[^1]: The text of the note.`;

const selection = (page: Page) => page.evaluate(() => document.getSelection()?.toString() ?? '');

test('edits a question in place, regenerates earlier answers, and switches between the versions', async ({
  openBrowser,
  site,
}) => {
  const context = await openBrowser();
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: site.server.url });
  const page = await context.newPage();
  await signUp(page);
  await showAnswer(page, 'First question');
  await ask(page, 'Second question');
  await expect(answerOn(page)).toContainText('Second question');
  await untilComplete(page);

  const editor = page.getByRole('textbox', { name: 'Edit question' });
  const edit = page.getByRole('button', { name: 'Edit question' });
  await page.getByRole('button', { name: 'Copy question' }).first().click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('First question');
  await edit.first().click();
  await expect(editor).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(edit.first()).toBeFocused();

  // A question that the server does not receive stays in the editor.
  await edit.first().click();
  await editor.fill('Better question');
  await context.setOffline(true);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('log').getByRole('alert')).toContainText('could not be reached');
  await context.setOffline(false);
  await page.keyboard.press('Enter');
  await expect(answerOn(page)).toContainText('Better question');
  await untilComplete(page);
  await expect(page.getByRole('article')).toHaveCount(2);
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeFocused();

  // The other version of the question has its own answers. The button that was pressed keeps the focus.
  const earlier = page.getByRole('button', { name: 'Earlier version' });
  const later = page.getByRole('button', { name: 'Later version' });
  await expect(page.getByLabel('Version 2 of 2')).toBeVisible();
  await expect(later).toBeDisabled();
  await earlier.click();
  await expect(page.getByRole('article')).toHaveCount(4);
  await expect(page.getByLabel('Version 1 of 2')).toBeVisible();
  await expect(earlier).toBeDisabled();
  await expect(earlier).toBeFocused();

  // Any answer can be regenerated. What follows it stays as another branch.
  await page.getByRole('button', { name: 'Regenerate' }).first().click();
  await expect(page.getByRole('article')).toHaveCount(2);
  await untilComplete(page);
  await expect(answerOn(page)).toContainText('First question');
  await expect(page.getByLabel('Version 2 of 2')).toHaveCount(1);
  await page.reload();
  await expect(answerOn(page)).toContainText('First question');
  const times = page.getByRole('article').getByRole('time');
  await expect(times).toHaveCount(2);
  await expect(times.last()).toHaveText(/\d+:\d\d/);

  // Another model writes one more version, and the chat keeps its model.
  const menuButton = page.getByRole('button', { name: 'More actions' });
  await menuButton.last().click();
  await page.getByRole('menuitem', { name: 'Offline guide' }).click();
  await expect(page.getByLabel('Version 3 of 3')).toBeVisible();
  await untilComplete(page);
  await expect(answerOn(page).getByText(/^Offline guide · /)).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeFocused();
  await expect(page.getByRole('combobox', { name: 'Model' })).toHaveValue('echo');

  // A new chat from a message continues on its own.
  const original = page.url();
  await menuButton.first().click();
  await expect(page.getByRole('menuitem')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(menuButton.first()).toBeFocused();
  await menuButton.last().click();
  await page.getByRole('menuitem', { name: 'New chat from here' }).click();
  await page.waitForURL((url) => /\/chat\/[\w-]+$/.test(url.href) && url.href !== original);
  await expect(page.getByRole('article')).toHaveCount(2);
  await expect(page.getByRole('button', { name: 'Earlier version' })).toHaveCount(0);
  await ask(page, 'Third question');
  await expect(answerOn(page)).toContainText('Third question');
  await untilComplete(page);
  await page.goto(original);
  await expect(page.getByRole('article')).toHaveCount(2);

  // A new chat has the model that was chosen last.
  await page.goto('/chat');
  await expect(page.getByRole('combobox', { name: 'Model' })).toHaveValue('echo');
});

test('reads an answer aloud as it is shown, until it is stopped', async ({ openBrowser }) => {
  const page = await (await openBrowser()).newPage();
  // A headless browser has no voices.
  await page.addInitScript(() => {
    speechSynthesis.speak = ({ text }) => void (document.documentElement.dataset['spoken'] ??= text);
  });
  await signUp(page);
  await showAnswer(page, '**First** sentence. Second one.');
  const button = page.getByRole('button', { name: 'More actions' }).last();
  await button.click();
  await page.getByRole('menuitem', { name: 'Read aloud' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-spoken', 'First sentence.');
  await button.click();
  await page.getByRole('menuitem', { name: 'Stop reading' }).click();
  await button.click();
  await expect(page.getByRole('menuitem', { name: 'Read aloud' })).toBeVisible();
});

test('shows code, footnotes, tasks and images, and prints the whole chat', async ({ openBrowser }) => {
  const page = await (await openBrowser()).newPage();
  await signUp(page);
  const lines = Array.from({ length: 500 }, (_, line) => `Line ${line} of a question that is far too long.`);
  await showAnswer(page, MARKDOWN);
  const answer = answerOn(page);

  const code = answer.locator('pre');
  await page.waitForFunction(() => (CSS.highlights.get('code-keyword')?.size ?? 0) > 0);
  const colors = await code
    .locator('code')
    .evaluate((element) => [
      getComputedStyle(element).color,
      getComputedStyle(element, '::highlight(code-keyword)').color,
    ]);
  expect(new Set(colors).size).toBe(2);
  await expect(answer.getByText('ts', { exact: true })).toBeVisible();
  await answer.getByRole('button', { name: 'Wrap lines' }).click();
  await expect(answer.getByRole('button', { name: 'Wrap lines' })).toHaveAttribute('aria-pressed', 'true');
  await expect(code.locator('code')).toHaveCSS('white-space-collapse', 'preserve');
  await expect(code.locator('code')).toHaveCSS('text-wrap-mode', 'wrap');
  await expect(answer.getByRole('checkbox', { name: 'not done' })).not.toBeChecked();
  await expect(answer.getByRole('link', { name: 'chart (pictures.example)' })).toBeVisible();
  await expect(answer.getByText('A link to a file.')).toBeVisible();
  await expect(answer.getByText('שלום עולם')).toHaveCSS('direction', 'rtl');
  await expect(page.getByText('שלום עולם').first()).toBeVisible();

  const url = page.url();
  await answer.getByRole('link', { name: 'Footnote 1' }).click();
  await expect(answer.getByText('The text of the note.')).toBeInViewport();
  expect(page.url()).toMatch(`${url}#`);
  await answer.getByRole('link', { name: 'Back to reference 1' }).click();
  await expect(answer.getByRole('link', { name: 'Footnote 1' })).toBeInViewport();

  // A long question is collapsed. Its answer takes two minutes, so that it can be stopped at any time.
  await chooseModel(page, 'slow-2400x50');
  await ask(page, lines.join('\n').slice(0, 20_000));
  await expect(page.getByRole('article')).toHaveCount(4);
  const question = page.getByRole('article').nth(2);
  await expect(question.getByText('Line 1 of')).toBeVisible();
  await expect(question.getByText('Line 390 of')).toHaveCount(0);
  await question.getByRole('button', { name: 'Show all' }).click();
  await expect(question.getByText('Line 390 of')).toBeVisible();
  await page.getByRole('button', { name: 'Stop the answer' }).click();
  await untilComplete(page);

  // On paper there is all that is loaded, and nothing else.
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeHidden();
  await expect(page.getByRole('button', { name: 'Copy code' })).toBeHidden();
  const [document, text] = await Promise.all([
    page.evaluate(() => window.document.documentElement.scrollHeight),
    page.getByRole('log').evaluate((log) => log.scrollHeight),
  ]);
  expect(document).toBeGreaterThanOrEqual(text);
});

test('the server renders complete answers, so that they are shown without JavaScript', async ({
  openBrowser,
}) => {
  const context = await openBrowser();
  const page = await context.newPage();
  await signUp(page);
  await showAnswer(page, MARKDOWN);
  const storageState = await context.storageState();
  const reader = await (await openBrowser(1280, { javaScriptEnabled: false, storageState })).newPage();
  await reader.goto(page.url());
  const answer = answerOn(reader);
  await expect(answer.getByRole('link', { name: 'chart (pictures.example)' })).toBeVisible();
  await expect(answer.getByRole('checkbox', { name: 'not done' })).toBeVisible();
  await expect(answer.locator('pre')).toContainText('const answer');
  await expect(answer.getByRole('link', { name: 'Footnote 1' })).toBeVisible();
});

test('shows maths, copies its source, and leaves mistakes and amounts of money as they are', async ({
  openBrowser,
}) => {
  const page = await (await openBrowser()).newPage();
  const fonts: string[] = [];
  page.on('response', (response) => {
    if (response.url().includes('KaTeX'))
      fonts.push(`${response.status()} ${new URL(response.url()).origin}`);
  });
  await signUp(page);
  await showAnswer(
    page,
    'A $a^2$ and $\\frac{1$ cost $5 and $6.\n\n$$\n\\int_0^1 x\\,dx\n$$\n\n$\\href{javascript:1}{x}$',
  );
  const answer = answerOn(page);
  await expect(answer.locator('.katex')).toHaveCount(3);
  await expect(answer.locator('math')).toHaveCount(3);
  await expect(answer.locator('.katex-display')).toHaveCount(1);
  await expect(answer.getByText('$\\frac{1$')).toBeVisible();
  await expect(answer.getByText('cost $5 and $6.')).toBeVisible();
  await expect(answer.locator('.katex a')).toHaveCount(0);
  // A font is loaded when its text is painted.
  await expect.poll(() => fonts).toContain(`200 ${new URL(page.url()).origin}`);
  const copied = await answer
    .locator('.katex')
    .first()
    .evaluate((element) => {
      const data = new DataTransfer();
      document.getSelection()?.selectAllChildren(element.parentElement ?? element);
      const event = new ClipboardEvent('copy', { clipboardData: data, bubbles: true, cancelable: true });
      element.dispatchEvent(event);
      return data.getData('text/plain');
    });
  expect(copied).toBe('$a^2$');
  await page.reload();
  await expect(answer.locator('.katex')).toHaveCount(3);
});

test('keeps selected text and the focus while an answer grows', async ({ openBrowser }) => {
  const page = await (await openBrowser()).newPage();
  await signUp(page);
  await chooseModel(page, 'slow-2400x50');
  await ask(page, 'Tell me a lot');
  await page.waitForURL(/\/chat\/[\w-]+$/);
  await expect(answerOn(page)).toContainText('word20 ');
  await page.evaluate(() => {
    const answer = document.querySelector('[data-testid=answer] p')?.firstChild;
    if (answer) document.getSelection()?.setBaseAndExtent(answer, 0, answer, 11);
  });
  expect(await selection(page)).toBe('word1 word2');
  await page.getByRole('button', { name: 'Copy question' }).focus();
  await expect(answerOn(page)).toContainText('word40 ');
  expect(await selection(page)).toBe('word1 word2');
  await expect(page.getByRole('button', { name: 'Copy question' })).toBeFocused();

  // The button would move the focus into the composer, and the selection with it.
  const id = new URL(page.url()).pathname.split('/').at(-1);
  expect((await page.request.post(`/api/v1/chats/${id}/stop`)).ok()).toBe(true);
  await untilComplete(page);
  expect(await selection(page)).toBe('word1 word2');
});
