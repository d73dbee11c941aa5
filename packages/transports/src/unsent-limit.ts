/** Bytes that may wait to be sent to a peer that does not read. */
export const unsentLimit = 64 * 1024;
