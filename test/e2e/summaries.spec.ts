import { begun, composerOn, openAs, test, withChat } from './scripted-site.ts';
import { answerOn, ask, expect, untilComplete } from './site.ts';

/** A question that leaves no room for earlier ones in the context of the model. */
const LONG = `The second question ${'x '.repeat(2500)}`;

test('summarizes what the model does not see, shows the summary, and gives it to the model', async ({
  openBrowser,
  site,
}) => {
  const { account, path } = await withChat(site);
  const page = await openAs(account, openBrowser(), path);
  await ask(page, LONG);
  (await begun(site, 'The second answer.')).finish();
  await untilComplete(page);
  const line = page.getByRole('group', { name: 'Where the model’s memory begins' });
  await expect(line).toContainText('The model does not see messages above this line');

  await line.getByRole('button', { name: 'Summarize and go on' }).click();
  await expect(line.getByRole('button', { name: 'Summarising…' })).toBeDisabled();
  // The conversation is summarized in two pieces, because it does not fit into the context.
  const first = await begun(site, 'They talked about one.');
  expect(first.messages.at(-1)?.content).toContain('The first question');
  first.finish();
  const second = await begun(site, 'They talked about **two** questions.');
  expect(second.messages.at(-1)?.content).toMatch(/They talked about one\.\n[^]* x\n[^]*The second answer\./);
  second.finish();
  const summary = page.getByRole('log').locator('details', { hasText: 'Summary of the earlier messages' });
  await expect(summary).toBeVisible();
  await expect(line).toBeHidden();
  await expect(page.getByText('They talked about')).toBeHidden();
  await summary.getByText('Summary of the earlier messages').click();
  await expect(summary.locator('strong')).toHaveText('two');

  await composerOn(page).fill('The third question');
  await composerOn(page).press('Enter');
  const exchange = await begun(site, 'The third answer.');
  const sent = JSON.stringify(exchange.messages);
  expect(sent).toContain('They talked about **two** questions.');
  expect(sent).toContain('The third question');
  expect(sent).not.toContain('The first question');
  expect(sent).not.toContain('The second question');
  exchange.finish();
  await untilComplete(page);
  await page.reload();
  await expect(summary).toBeVisible();
});

test('answers a question for which the conversation was too long, after it was summarized', async ({
  openBrowser,
  site,
}) => {
  const { account, path } = await withChat(site);
  const page = await openAs(account, openBrowser(), path);
  await ask(page, 'The second question');
  // The second request is that without the first exchange.
  for (let requests = 0; requests < 2; requests++) {
    (await site.provider.next()).fail('This exceeds the maximum context length.');
  }
  const note = page.getByRole('alert').filter({ hasText: 'too long' });
  await note.getByRole('button', { name: 'Summarize and go on' }).click();
  const summarizing = await begun(site, 'They talked.');
  summarizing.finish();
  const exchange = await begun(site, 'The second answer.');
  expect(exchange.messages.at(-1)?.content).toMatch(/They talked\.\n.*\n\nThe second question$/);
  exchange.finish();
  await untilComplete(page);
  await expect(answerOn(page)).toContainText('The second answer.');
  await expect(page.getByText('Summary of the earlier messages')).toBeVisible();
});
