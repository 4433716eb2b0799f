import { signIn, signUp } from '../client.ts';
import { startServer } from '../server.ts';
import {
  begun,
  composerOn,
  expectQuestions,
  openAs,
  questionOf,
  queuedOn,
  test,
  unsentOn,
  withChat,
} from './scripted-site.ts';
import { answerOn, ask, expect, untilComplete } from './site.ts';

const button = 'button' as const;

/** A longer wait than this is not counted down, in seconds. */
const MAX_COUNTDOWN_SECONDS = 600;

test('returns a question to the composer if another device has just asked, and sends it after that answer', async ({
  openBrowser,
  site,
}) => {
  const { account, chatId, path } = await withChat(site);
  const laptop = await openAs(account, openBrowser(), path);
  const phoneSession = await signIn(site.server.url, account);
  const phone = await openAs(phoneSession, openBrowser(390, { expected: /status of 409/ }), path);
  await expect(answerOn(phone)).toContainText('The first answer.');

  await ask(laptop, 'From the laptop');
  const first = await begun(site, 'The answer for the laptop');
  await expect(answerOn(laptop)).toContainText('for the laptop');
  await ask(phone, 'From the phone');
  await expect(phone.getByText('Not sent, because another device or tab has just asked')).toBeVisible();
  await expect(composerOn(phone)).toHaveValue('From the phone');
  await expect(answerOn(phone)).toContainText('The answer for the laptop');
  await expectQuestions(phone, 'From the phone', 0);
  await expectQuestions(phone, 'From the laptop', 1);

  // While an answer is in progress, Enter queues the question. It waits in this browser, also after a reload.
  await composerOn(phone).press('Enter');
  await expect(queuedOn(phone)).toContainText('From the phone');
  await expect(composerOn(phone)).toHaveValue('');
  await phone.reload();
  await expect(queuedOn(phone)).toContainText('From the phone');
  await expect(answerOn(phone)).toContainText('The answer for the laptop');
  first.finish();

  const second = await begun(site, 'The answer for the phone');
  expect(questionOf(second)).toBe('From the phone');
  await expect(answerOn(phone)).toContainText('The answer for the phone');
  await expect(queuedOn(phone)).toHaveCount(0);
  second.finish();
  await untilComplete(phone);
  await expectQuestions(phone, 'From the phone', 1);
  const { items } = await account.rpc.chat.messages.query({ chatId });
  expect(items.map(({ role }) => role)).toEqual([
    'user',
    'assistant',
    'user',
    'assistant',
    'user',
    'assistant',
  ]);
});

test('keeps questions that were not sent, over a reload and other pages, to retry, edit or discard them', async ({
  openBrowser,
  site,
}) => {
  const { account, chatId, path } = await withChat(site);
  const page = await openAs(account, openBrowser(1280, { expected: /net::ERR_FAILED/ }), path);
  const network = page.context();
  const list = page.getByRole('navigation', { name: 'Chats' });
  await expect(composerOn(page)).toBeFocused();

  await network.setOffline(true);
  await ask(page, 'Are you there?');
  await expect(unsentOn(page)).toContainText('Not sent. The server could not be reached.');
  await network.setOffline(false);
  await page.reload();
  await expect(unsentOn(page)).toBeVisible();
  await page.getByRole('link', { name: 'New chat' }).click();
  await page.waitForURL('/chat');
  await expect(unsentOn(page)).toHaveCount(0);
  await list.getByRole('link', { name: 'The first chat' }).click();
  await expectQuestions(page, 'Are you there?', 1);
  await unsentOn(page).getByRole(button, { name: 'Retry' }).click();
  const answer = await begun(site, 'Yes.');
  await expect(unsentOn(page)).toHaveCount(0);
  answer.finish();
  await untilComplete(page);
  await expectQuestions(page, 'Are you there?', 1);
  await page.reload();
  await expect(unsentOn(page)).toHaveCount(0);

  // The text goes back into the composer, before what was typed meanwhile.
  await network.setOffline(true);
  await ask(page, 'A question');
  await expect(unsentOn(page)).toBeVisible();
  await composerOn(page).fill('More of it');
  await unsentOn(page).getByRole(button, { name: 'Edit' }).click();
  await expect(composerOn(page)).toHaveValue('A question\n\nMore of it');
  await expect(composerOn(page)).toBeFocused();
  await expect(unsentOn(page)).toHaveCount(0);
  await ask(page, 'Another question');
  await unsentOn(page).getByRole(button, { name: 'Discard' }).click();
  await expect(unsentOn(page)).toHaveCount(0);
  await page.getByRole(button, { name: 'Undo' }).click();
  await expectQuestions(page, 'Another question', 1);
  await unsentOn(page).getByRole(button, { name: 'Discard' }).click();
  await network.setOffline(false);

  // The connection is cut after the server has accepted the question.
  await page.route('**/chat.send*', async (route) => {
    await route.fetch();
    await route.abort();
  });
  await ask(page, 'Did you get this?');
  (await begun(site, 'I did.')).finish();
  await untilComplete(page);
  await expectQuestions(page, 'Did you get this?', 1);
  await expect(unsentOn(page)).toHaveCount(0);
  expect((await account.rpc.chat.messages.query({ chatId })).items).toHaveLength(6);
});

test('starts a new chat beside a question for a new chat that was not sent', async ({
  openBrowser,
  site,
}) => {
  const account = await signUp(site.server.url);
  const page = await openAs(account, openBrowser());
  await page.context().setOffline(true);
  await ask(page, 'Not this time');
  await expect(unsentOn(page)).toContainText('The server could not be reached.');
  await expect(page.getByRole('heading', { name: 'What would you like to know?' })).toBeVisible();
  await page.context().setOffline(false);
  await ask(page, 'But this time');
  await page.waitForURL(/\/chat\/[\w-]+$/);
  (await begun(site, 'Now.')).finish();
  await untilComplete(page);
  await expectQuestions(page, 'Not this time', 0);

  await page.getByRole('link', { name: 'New chat' }).click();
  await page.waitForURL('/chat');
  await expectQuestions(page, 'Not this time', 1);
  await unsentOn(page).getByRole(button, { name: 'Retry' }).click();
  await page.waitForURL(/\/chat\/[\w-]+$/);
  (await begun(site, 'Also now.')).finish();
  await untilComplete(page);
  expect((await account.rpc.chat.list.query({})).items).toHaveLength(2);
});

test('queues one question, which can be edited, and does not send it after a stop or a failure', async ({
  openBrowser,
  site,
}) => {
  const { account, path } = await withChat(site);
  const page = await openAs(
    account,
    openBrowser(1280, { expected: /net::ERR_|status of 503|RSC payload/ }),
    path,
  );
  await ask(page, 'A long answer, please');
  const long = await begun(site, 'It begins');
  await expect(answerOn(page)).toContainText('It begins');
  await ask(page, 'And then?');
  await expect(queuedOn(page)).toContainText('Next: And then?');
  await ask(page, 'And after that?');
  await expect(page.getByText('Only one question can wait.')).toBeVisible();
  await expect(composerOn(page)).toHaveValue('And after that?');
  await queuedOn(page).getByRole(button, { name: 'Edit' }).click();
  await expect(composerOn(page)).toHaveValue('And then?\n\nAnd after that?');
  await composerOn(page).press('Enter');
  await queuedOn(page).getByRole(button, { name: 'Remove next question' }).click();
  await expect(queuedOn(page)).toHaveCount(0);
  await page.getByRole(button, { name: 'Undo' }).click();
  await expect(queuedOn(page)).toContainText('And after that?');

  await page.getByRole(button, { name: 'Stop the answer' }).click();
  await long.abandoned;
  await expect(page.getByText('You stopped this answer.')).toBeVisible();
  await expect(queuedOn(page)).toContainText('Not sent yet: And then?');
  await page.reload();
  await expect(queuedOn(page)).toContainText('Not sent yet: And then?');
  await queuedOn(page).getByRole(button, { name: 'Send' }).click();
  const sent = await begun(site, 'This');
  expect(questionOf(sent)).toBe('And then?\n\nAnd after that?');
  await expect(answerOn(page)).toContainText('This');
  await ask(page, 'Still there?');
  await expect(queuedOn(page)).toBeVisible();

  await site.server.kill9();
  sent.cut();
  site.server = await startServer(site.server.settings);
  // The server continues the answer, and then the provider fails.
  const rest = await begun(site, ' is lost');
  await expect(answerOn(page)).toContainText('This is lost');
  rest.cut();
  await expect(page.getByRole('log').getByRole('alert')).toContainText('model provider');
  await expect(queuedOn(page)).toContainText('Not sent yet: Still there?');

  await site.server.stop();
  await ask(page, 'Hello?');
  await expect(unsentOn(page)).toContainText('The server could not be reached.');
  site.server = await startServer(site.server.settings);
  await unsentOn(page).getByRole(button, { name: 'Retry' }).click();
  (await begun(site, 'Hello again.')).finish();
  await untilComplete(page);
  await expect(unsentOn(page)).toHaveCount(0);
});

test('says what happens next after a limit, a quota, a cut answer and an empty one', async ({
  openBrowser,
  site,
}) => {
  const { account, path } = await withChat(site);
  const page = await openAs(
    account,
    openBrowser(1280, { expected: /status of 429/, timezoneId: 'America/New_York' }),
    path,
  );
  // A cut answer.
  await ask(page, 'Cut this');
  const cut = await begun(site, 'It ends he');
  await expect(answerOn(page)).toContainText('It ends he');
  cut.cut();
  await expect(page.getByRole('log').getByRole('alert')).toContainText('model provider');

  // Another chat uses the only place for an answer.
  const other = await account.rpc.chat.create.mutate({});
  const parts = [{ type: 'text' as const, text: 'Elsewhere' }];
  await account.rpc.chat.send.mutate({ chatId: other.id, parts });
  const elsewhere = await begun(site, 'Elsewhere');
  await page.getByRole(button, { name: 'Continue' }).click();
  const problem = page
    .getByRole('alert')
    .filter({ has: page.getByText('Wait for one to end'), hasText: 'Try again' });
  await expect(problem.getByRole(button)).toHaveText(/^Try again\sin \d s$/);
  await ask(page, 'And this?');
  await expect(problem).toHaveCount(0);
  const retry = unsentOn(page).getByRole(button, { name: 'Retry' });
  await expect(retry).toBeDisabled();
  await expect(retry).toHaveText(/^Retry\sin \d s$/);
  elsewhere.finish();

  // The answer continues, and the note about it disappears.
  await page.getByRole(button, { name: 'Continue' }).click();
  const rest = await begun(site, 're.');
  await expect(answerOn(page)).toContainText('It ends here.');
  rest.finish();
  await untilComplete(page);
  await expect(page.getByText('Wait for one to end')).toHaveCount(1);

  await retry.click();
  (await site.provider.next()).finish();
  await expect(page.getByText('The model returned an empty answer.')).toBeVisible();
  await expect(page.getByRole('log').getByRole('alert')).toHaveCount(0);

  await site.admin.rpc.users.setQuota.mutate({ id: account.id, dailyTokens: 1 });
  await ask(page, 'Too much?');
  const { reset, seconds } = await page.evaluate(() => {
    const now = new Date();
    const midnight = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1));
    return {
      reset: midnight.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' }),
      seconds: (midnight.getTime() - now.getTime()) / 1000,
    };
  });
  await expect(unsentOn(page)).toContainText(`The quota resets at ${reset}.`);
  if (seconds <= MAX_COUNTDOWN_SECONDS) {
    // Shortly before midnight, the button waits for the reset.
    await expect(retry).toBeDisabled();
    return;
  }
  await expect(retry).toBeEnabled();
  await site.admin.rpc.users.setQuota.mutate({ id: account.id, dailyTokens: null });
  await retry.click();
  (await begun(site, 'Enough.')).finish();
  await untilComplete(page);
});
