/** Whether a request is meant for this gateway: protects against foreign pages that point their own name at it (DNS rebinding). */

const loopback = ["localhost", "127.0.0.1", "[::1]"];

/** Whether an address to listen on is reachable from this machine only. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);

/** "localhost:8765" -> "localhost"; undefined if it is not a host. */
const nameOf = (host: string): string | undefined =>
  /^(\[[0-9a-f:.]+\]|[^:/\s@[\]]+)(:\d{1,5})?$/i.exec(host)?.[1]?.toLowerCase();

/**
 * Decides by the Host header. On loopback only loopback's names and the allowed ones pass; the port does not count,
 * because a tunnel may forward another port, and a foreign page cannot choose any of these names.
 */
export const hostCheck = (bound: string, allowed: readonly string[]): ((host: string) => boolean) => {
  if (!isLoopback(bound) && allowed.length === 0) return () => true;
  const names = new Set(
    [...loopback, ...(isLoopback(bound) ? [] : [bound]), ...allowed].map((name) => name.toLowerCase()),
  );
  return (host) => {
    const name = nameOf(host);
    return name !== undefined && (names.has(name) || names.has(host.toLowerCase()));
  };
};
