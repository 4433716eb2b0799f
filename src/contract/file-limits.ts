/** The path of the content of files, followed by the id. */
export const FILE_PATH = '/api/files/';

/** The path of the files of shared chats, followed by the token of the share, `/files/` and the id. */
export const SHARED_FILES_PATH = '/api/shares/';

/** The highest value of MAX_FILE_BYTES. */
export const MAX_UPLOADED_BYTES = 32 * 1024 * 1024;

/** The highest value of MAX_MESSAGE_FILES. */
export const MAX_ATTACHED = 20;
