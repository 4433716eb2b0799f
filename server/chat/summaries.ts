import type { UIMessage } from 'ai';
import { and, eq, isNull, or, sql } from 'drizzle-orm';
import type { Summary } from '#contract/summaries';
import type { Database } from '#server/db/database';
import { leaseEnd, RENEW_MS } from '#server/db/lease';
import { chats, messages } from '#server/db/schema/index';
import { notFound } from '#server/errors';
import { pauseUnless } from '#server/pause';
import type { Actor } from '#server/people/actor';
import type { Runs } from './engine.ts';
import { fileLoader } from './files/load.ts';
import { createPayments } from './payments.ts';
import {
  type Known,
  type Plan,
  type PlanDeps,
  planSummary,
  readKnown,
  readMessages,
} from './summary-plan.ts';
import { writeSummary } from './summary-writing.ts';
import { messageText } from './transcript.ts';

/** How long a call waits for a summary, in milliseconds. Clients and proxies give up a request after 60 seconds. */
const WAIT_MS = 25_000;
/** The interval of checks for a summary that another instance writes, in milliseconds. */
const POLL_MS = 1_000;

interface SummaryDeps extends PlanDeps {
  database: Database;
  runs: Pick<Runs, 'enter'>;
}

/** The summaries that this process is writing, by chat. */
const writing = new Map<string, Promise<Known>>();

/**
 * Summarizes the earlier messages of a chat, and waits for the result up to 25 seconds. The server writes the summary
 * even if the caller does not wait. A repeated call waits for the same summary, or returns it.
 * @param signal ends the wait.
 * @throws {AppError} like `planSummary`, TOO_MANY_REQUESTS, and the errors of the model. The chat is then unchanged.
 */
export async function summarize(
  deps: SummaryDeps,
  actor: Actor,
  id: string,
  signal: AbortSignal,
): Promise<Summary> {
  const deadline = Date.now() + WAIT_MS;
  while (!signal.aborted && Date.now() < deadline) {
    const plan = await planSummary(deps, actor, id);
    if ('summary' in plan) return { status: 'complete', ...plan };
    const work = writing.get(plan.chatId) ?? (await begin(deps, actor, plan));
    if (!work) {
      // Another instance writes it.
      await pauseUnless(signal, POLL_MS);
      continue;
    }
    const known = await Promise.race([work, pauseUnless(signal, deadline - Date.now())]);
    if (known) return { status: 'complete', ...known };
  }
  return { status: 'summarizing', messageId: null, summary: null };
}

/** A condition: the chat of a plan. */
const isOf = ({ chatId, account }: Plan) => and(eq(chats.id, chatId), eq(chats.userId, account.userId));

/** Starts to write a summary. @returns `null` if another call does it already. */
async function begin(deps: SummaryDeps, actor: Actor, plan: Plan): Promise<Promise<Known> | null> {
  const leave = deps.runs.enter(actor);
  const isFree = or(isNull(chats.summarizingUntil), sql`${chats.summarizingUntil} < now()`);
  const claimed = await deps.db
    .update(chats)
    .set({ summarizingUntil: leaseEnd })
    .where(and(isOf(plan), isFree))
    .returning({ id: chats.id })
    .catch((error: unknown) => {
      leave();
      throw error;
    });
  if (claimed.length === 0) {
    leave();
    return null;
  }
  const work = write(deps, plan).finally(() => {
    leave();
    writing.delete(plan.chatId);
  });
  writing.set(plan.chatId, work);
  // It may fail after its callers have gone.
  work.catch((err: unknown) => {
    deps.log.warn({ err, chatId: plan.chatId, model: plan.account.model }, 'summarizing a chat failed');
  });
  return work;
}

/** Writes a summary and stores it. */
async function write(deps: SummaryDeps, plan: Plan): Promise<Known> {
  const { db, env, log, models, database } = deps;
  const abort = new AbortController();
  const release = () => db.update(chats).set({ summarizingUntil: null }).where(isOf(plan));
  const renewal = setInterval(() => {
    db.update(chats)
      .set({ summarizingUntil: leaseEnd })
      .where(isOf(plan))
      .returning({ id: chats.id })
      .then(
        // The chat was deleted.
        (renewed) => renewed.length === 0 && abort.abort(),
        (err: unknown) => log.warn({ err }, 'renewing the lease of a summary failed'),
      );
  }, RENEW_MS).unref();
  try {
    const { keys, account, formerId } = plan;
    const writer = {
      env,
      model: models.resolve(account.model, keys),
      payments: createPayments(database, env),
      plan,
      signal: AbortSignal.any([abort.signal, AbortSignal.timeout(env.AI_ANSWER_SECONDS * 1000)]),
    };
    const former = formerId === null ? null : (await readKnown(db, account, plan.chatId, formerId)).summary;
    const summary = await writeSummary(writer, former, textsOf(deps, plan));
    return await store(deps, plan, summary);
  } catch (error) {
    await release();
    throw error;
  } finally {
    clearInterval(renewal);
  }
}

/** Yields the messages of a plan as Markdown, with the text of their files. */
async function* textsOf({ db, env }: SummaryDeps, plan: Plan): AsyncGenerator<string> {
  const loadFiles = fileLoader({ db, env });
  for await (const { id, role, status, parts } of readMessages(db, plan)) {
    const named: UIMessage = { id, role, parts: parts.map(withoutImage) };
    // No model reads the files themselves, so that their text is loaded.
    const [loaded = named] = await loadFiles({ ...plan.account, model: '' }, [named]);
    yield messageText({ role, status, parts: loaded.parts });
  }
}

type Part = UIMessage['parts'][number];

/** Replaces an image by its name. What it shows is in the answers. */
const withoutImage = (part: Part): Part =>
  part.type === 'file' && part.mediaType.startsWith('image/')
    ? { type: 'text', text: `[Image ${part.filename ?? ''}]` }
    : part;

/** Stores a summary and ends its lease. @throws {AppError} NOT_FOUND if the chat or the message is gone. */
async function store({ db }: SummaryDeps, plan: Plan, summary: string): Promise<Known> {
  const { messageId } = plan;
  const stored = await db.transaction(async (tx) => {
    const [chat] = await tx
      .update(chats)
      .set({ summarizingUntil: null, updatedAt: sql`now()` })
      .where(isOf(plan))
      .returning({ id: chats.id });
    if (!chat) return [];
    return tx
      .update(messages)
      .set({ summary })
      .where(and(eq(messages.id, messageId), eq(messages.chatId, chat.id)))
      .returning({ id: messages.id });
  });
  if (stored.length === 0) throw notFound('chat');
  return { messageId, summary };
}
