import { Notice } from '#src/components/notice.tsx';
import { LinkButton } from '#src/components/links.tsx';

/** The message for an unknown path. `isWithinMain` is true in a layout that has the `main` element. */
export function PageNotFound({ isWithinMain = false }: { isWithinMain?: boolean }) {
  return (
    <Notice
      title="Page not found"
      text="The URL is wrong, or the page was removed."
      isWithinMain={isWithinMain}
    >
      <LinkButton href="/">Home</LinkButton>
    </Notice>
  );
}
