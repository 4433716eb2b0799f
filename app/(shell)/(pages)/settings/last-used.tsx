import { LocalTime } from '#src/components/local-time.tsx';

/** Says when a credential was last used. */
export function LastUsed({ date }: { date: Date | null }) {
  if (!date) return 'never used';
  return (
    <>
      last used <LocalTime date={date} />
    </>
  );
}
