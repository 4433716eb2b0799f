'use client';

import { isErrorCode } from '#contract/error-codes';
import type { Question, SendFailure, UnsentQuestion } from '#src/client/drafts.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { UnsentMessage } from '#src/components/unsent-message.tsx';
import { useTranslations } from '#texts';
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
  const t = useTranslations('chat.unsent');
  const { messageOf, messageOfCode } = useErrorMessages();

  function reasonOf({ code, message }: SendFailure): string {
    if (code === 'pageClosed' || code === 'sessionEnded') return t(code);
    if (code === 'unreachable') return messageOf(null);
    return isErrorCode(code) ? messageOfCode(code, message) : message;
  }

  return questions.map((question) => {
    const { failure } = question;
    const then = (act: (question: UnsentQuestion) => void) => () => {
      act(question);
      onAction();
    };
    return (
      <UnsentMessage
        key={question.id}
        text={question.text}
        files={question.files}
        failure={failure && { message: reasonOf(failure), retryAt: failure.retryAt }}
        canRetry={canRetry}
        onRetry={then(onRetry)}
        onEdit={then(outbox.edit)}
        onDiscard={then(outbox.discard)}
      />
    );
  });
}
