import { Stack, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { anchorOf } from '#src/components/anchor.ts';

/** A group of sections. `title` is one of sections.ts. */
export function SettingsGroup({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <Title order={2} size="h4" mb="sm" id={anchorOf(title)} data-settings-group>
        {title}
      </Title>
      <Stack gap="lg">{children}</Stack>
    </div>
  );
}
