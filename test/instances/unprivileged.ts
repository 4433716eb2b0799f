/** The user and the group `nobody`. */
const NOBODY = 65_534;

/** The user and the group for programs that refuse to run as root; undefined if this process does not run as root. */
export const unprivileged = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : undefined;
