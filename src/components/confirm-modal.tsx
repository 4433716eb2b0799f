import { Button, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslations } from '#texts';
import { ErrorNote } from './error-note.tsx';
import { LazyModal } from './lazy-overlays.tsx';

interface ConfirmModalProps {
  opened: boolean;
  onClose: () => void;
  onConfirm: () => void;
  title: string;
  /** The consequence. */
  children: ReactNode;
  confirmLabel: string;
  busy?: boolean;
  error?: string | null;
}

/** Asks for confirmation of an action that cannot be undone. */
export function ConfirmModal(props: ConfirmModalProps) {
  const t = useTranslations('common');
  const { opened, onClose, onConfirm, title, children, confirmLabel, busy = false, error } = props;
  return (
    <LazyModal opened={opened} onClose={onClose} title={title} centered>
      <Stack>
        <Text size="sm" component="div">
          {children}
        </Text>
        {error && <ErrorNote>{error}</ErrorNote>}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('cancel')}
          </Button>
          <Button color="red" loading={busy} onClick={onConfirm}>
            {confirmLabel}
          </Button>
        </Group>
      </Stack>
    </LazyModal>
  );
}
