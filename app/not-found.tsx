import type { Metadata } from 'next';
import { Notice } from '#src/components/notice.tsx';
import { LinkButton } from '#src/components/links.tsx';

export const metadata: Metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <Notice title="Page not found" text="The URL is wrong, or the page was removed.">
      <LinkButton href="/">Home</LinkButton>
    </Notice>
  );
}
