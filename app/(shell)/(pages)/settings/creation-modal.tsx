import type { ReactNode } from 'react';
import { LazyModal } from '#src/components/lazy-overlays.tsx';

interface CreationModalProps {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** True if the form has input. */
  isDirty: boolean;
  /** True after the creation. */
  isCreated: boolean;
  children: ReactNode;
}

/** A dialog that creates something, and then shows what is not shown again. */
export function CreationModal({ isDirty, isCreated, ...props }: CreationModalProps) {
  return (
    <LazyModal
      {...props}
      centered
      // A click beside it must not lose what is shown once or was typed.
      closeOnClickOutside={!isCreated && !isDirty}
      closeOnEscape={!isCreated}
      withCloseButton={!isCreated}
    />
  );
}
