/** Whether a request was meant for a device at home: a page elsewhere that points its own name at it reads nothing. */
import { isIP } from "node:net";

/** Ends of names that nobody can register. */
const privateEnds = [".local", ".lan", ".home", ".home.arpa", ".internal", ".localdomain", ".box"];

/**
 * By the Host header of a request. An address, a name of one word and a name of a home network pass; a name of the public
 * network, which a foreign page may have pointed here, does not.
 *
 * @param host as sent, with or without a port; undefined from very old clients
 */
export const isHomeName = (host: string | undefined): boolean => {
  if (host === undefined) return true;
  const name = /^(\[[0-9a-f:.]+\]|[^:/\s@[\]]+)(?::\d{1,5})?$/i.exec(host)?.[1]?.toLowerCase();
  if (name === undefined) return false;
  if (isIP(name.replace(/^\[|\]$/g, "")) !== 0 || !name.includes(".")) return true;
  return privateEnds.some((end) => name.endsWith(end));
};
