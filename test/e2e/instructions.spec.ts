import { openAs, test, withChat } from './scripted-site.ts';
import { answerOn, ask, expect, untilComplete } from './site.ts';

test('gives a model the instructions of the user and the chat, and shows what it does not see and used', async ({
  openBrowser,
  site,
}) => {
  const { account, path } = await withChat(site);
  const page = await openAs(account, openBrowser(), '/settings');
  const section = page.getByRole('region', { name: 'Instructions', exact: true });
  await section.getByLabel('Instructions for all chats').fill('Be brief.');
  await section.getByRole('button', { name: 'Save' }).click();
  await expect(section.getByText('Saved.')).toBeVisible();

  await page.goto(path);
  await page.getByRole('button', { name: 'Actions for “The first chat”' }).click();
  await page.getByRole('menuitem', { name: 'Instructions' }).click();
  const field = page.getByRole('dialog').getByLabel('Instructions');
  await expect(field).toBeFocused();
  await field.fill('Answer in French.');
  await page.getByRole('dialog').getByLabel('Style of the answers').selectOption('Balanced');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();

  // The context of the model has no room for the first question and its answer.
  await ask(page, `The second question ${'x '.repeat(2500)}`);
  const exchange = await site.provider.next();
  expect(exchange.messages).toHaveLength(2);
  expect(exchange.temperature).toBe(0.7);
  expect(exchange.messages[0]?.content).toMatch(/Be brief\.\n\n.*\nAnswer in French\.$/);
  await exchange.send({ role: 'assistant', reasoning_content: 'Let me think.' });
  await expect(answerOn(page)).toContainText(/Thinking… \d+ s/);
  await exchange.say('The second answer.');
  await expect(answerOn(page)).toContainText('Thoughts');
  exchange.finish(1234, 56);
  await untilComplete(page);
  await expect(answerOn(page)).toContainText('The second answer.');
  await expect(answerOn(page)).toContainText(/scripted · .* s · 1,290 tokens/);
  const line = page.getByText('The model does not see messages above this line');
  await expect(line).toBeVisible();
  const order = await page.getByRole('log').locator('article, p').allInnerTexts();
  const place = order.findIndex((text) => text.startsWith('The model does not see'));
  expect(order[place + 1]).toContain('The second question');

  await page.goto('/settings');
  const usage = page.getByRole('region', { name: 'Tokens by day' });
  await expect(usage.getByRole('img', { name: /^[\d,]+ tokens in the last 30 days/ })).toBeVisible();
  await expect(usage.getByRole('list', { name: 'Tokens by model' })).toContainText('(100 %)');
  await usage.getByText('Show as a table').click();
  const { items } = await account.rpc.protected.usage.query({});
  await expect(usage.getByRole('row').nth(1)).toContainText(
    `${items[0]?.inputTokens.toLocaleString('en')}${items[0]?.outputTokens.toLocaleString('en')}`,
  );
});
