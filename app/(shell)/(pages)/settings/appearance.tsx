'use client';

import { type MantineColorScheme, SegmentedControl, useMantineColorScheme } from '@mantine/core';
import { useMounted } from '@mantine/hooks';
import { Section } from '#src/components/section.tsx';

const SCHEMES: { value: MantineColorScheme; label: string }[] = [
  { value: 'auto', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

/** The choice of the colors, which this browser remembers. */
export function Appearance() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  // The server does not know the choice.
  const isMounted = useMounted();
  return (
    <Section title="Appearance" description="The colors of all pages in this browser.">
      <SegmentedControl
        aria-label="Colors"
        data={SCHEMES}
        value={isMounted ? colorScheme : 'auto'}
        onChange={setColorScheme}
      />
    </Section>
  );
}
