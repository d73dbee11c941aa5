/** What several meters may share on the way to them: a bridge, a broker, a serial port. */

/**
 * The group of a link: the host of a network link, whatever its port; else the port itself.
 *
 * @example
 * linkGroup("tcp://bridge.lan:4059") // "bridge.lan"
 * linkGroup("optical+rfc2217://[fe80::1]:4001?baud=9600") // "[fe80::1]"
 * linkGroup("/dev/ttyUSB0") // "/dev/ttyUSB0"
 * linkGroup("serial:///dev/ttyUSB0?baud=9600") // "serial:///dev/ttyUSB0"
 */
export const linkGroup = (link: string): string => {
  const [, host] = /^[a-z0-9+]+:\/\/(?:[^@/?]*@)?(\[[^\]]*\]|[^:/?]+)/.exec(link) ?? [];
  return host ?? link.replace(/\?.*$/, "");
};
