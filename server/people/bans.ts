/** The columns of a user that say whether they are banned. */
export interface BanState {
  banned?: boolean | null | undefined;
  banExpires?: Date | null | undefined;
}

/** True if a user is banned now. */
export function isBanned({ banned, banExpires }: BanState): boolean {
  return banned === true && (!banExpires || banExpires > new Date());
}
