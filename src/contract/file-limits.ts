/** The path of the content of files, followed by the id. */
export const FILE_PATH = '/api/files/';

/** The highest value of MAX_FILE_BYTES. */
export const MAX_UPLOADED_BYTES = 32 * 1024 * 1024;

/** The highest value of MAX_MESSAGE_FILES. */
export const MAX_ATTACHED = 20;
