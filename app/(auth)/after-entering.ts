/** What the sign-in does after its user has a session. Visitors who do not sign in do not load it. */
import { createTRPCClient } from '@trpc/client';
import type { AppRouter } from '#src/client/app-router.d.ts';
import { adoptTexts } from '#src/client/drafts.ts';
import { links } from '#src/client/links.ts';

const client = createTRPCClient<AppRouter>({ links: links() });

/** True if the account can become the first admin. */
export async function canClaimAdmin(): Promise<boolean> {
  return (await client.protected.adminClaim.query()).open;
}

/** Gives the texts that a guest has not sent to the account that was entered. */
export async function adoptTextsOf(guestId: string): Promise<void> {
  adoptTexts(guestId, (await client.users.me.query()).id);
}
