'use client';

import type { Question, UnsentQuestion } from '#src/client/drafts.ts';
import { UnsentMessage } from '#src/components/unsent-message.tsx';
import type { OutboxState } from './use-outbox.ts';

interface UnsentQuestionsProps {
  questions: readonly UnsentQuestion[];
  outbox: Pick<OutboxState, 'edit' | 'discard'>;
  /** False while an answer is in progress. */
  canRetry: boolean;
  onRetry: (question: Question) => void;
  /** Called after each action, because its button may be gone. */
  onAction: () => void;
}

/** The questions that the server does not have, each with its actions. */
export function UnsentQuestions({ questions, outbox, canRetry, onRetry, onAction }: UnsentQuestionsProps) {
  return questions.map((question) => {
    const then = (act: (question: UnsentQuestion) => void) => () => {
      act(question);
      onAction();
    };
    return (
      <UnsentMessage
        key={question.id}
        text={question.text}
        files={question.files}
        failure={question.failure}
        canRetry={canRetry}
        onRetry={then(onRetry)}
        onEdit={then(outbox.edit)}
        onDiscard={then(outbox.discard)}
      />
    );
  });
}
