import type { Metadata } from 'next';
import { Notice } from '#src/components/notice.tsx';
import { LinkButton } from '#src/components/links.tsx';

export const metadata: Metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <Notice title="There is nothing here" text="The address is wrong, or what was here is gone.">
      <LinkButton href="/">Home</LinkButton>
    </Notice>
  );
}
