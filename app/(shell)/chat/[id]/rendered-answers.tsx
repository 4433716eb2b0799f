import type { ReactNode } from 'react';
import { reasoningOf, textOf, toChatMessage, writtenIn } from '#src/client/messages.ts';
import type { Outputs } from '#src/client/trpc.ts';
import { shareBudget } from '#src/components/budget.ts';
import { FinishedMarkdown } from '#src/components/finished-markdown.tsx';

/** An answer that the server has rendered, so that the browser does not have to parse it. */
export interface RenderedAnswer {
  messageId: string;
  /** The number of characters of its text and its reasoning, by which an answer that was continued is recognized. */
  length: number;
  text: ReactNode;
  reasoning: ReactNode;
}

/** Renders the answers among the messages of a chat that are not in progress. @param stored oldest first. */
export function renderAnswers(stored: Outputs['chat']['messages']['items']): RenderedAnswer[] {
  const messages = stored.map(toChatMessage);
  const budgets = shareBudget(messages, writtenIn);
  return messages.flatMap((message, index) => {
    const { id, role, metadata } = message;
    const budget = budgets[index];
    if (role !== 'assistant' || metadata?.status === 'streaming' || !budget) return [];
    const text = textOf(message);
    const reasoning = reasoningOf(message);
    return [
      {
        messageId: id,
        length: text.length + reasoning.length,
        text: text !== '' && <FinishedMarkdown budget={budget.text}>{text}</FinishedMarkdown>,
        reasoning: reasoning !== '' && (
          <FinishedMarkdown budget={budget.reasoning}>{reasoning}</FinishedMarkdown>
        ),
      },
    ];
  });
}
