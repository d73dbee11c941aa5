/** Whether a secret crosses a network in the clear on its way to a consumer. */

const clear: ReadonlySet<string> = new Set(["mqtt:", "ws:", "http:"]);

const isThisMachine = (host: string): boolean => /^(localhost|127(\.\d+){3}|\[?::1\]?)$/i.test(host);

/**
 * True for an address without TLS on another machine.
 *
 * @example
 * crossesInClear("mqtt://192.168.1.5:1883") // true
 * @example
 * crossesInClear("mqtts://192.168.1.5") // false
 */
export const crossesInClear = (url: string): boolean => {
  const { protocol, hostname } = new URL(url);
  return clear.has(protocol) && !isThisMachine(hostname);
};
