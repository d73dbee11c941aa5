/**
 * All that a capture says of its link: never a host's name.
 *
 * @example linkKind("tcp://bridge:4059") // "tcp"
 * @example linkKind("/dev/ttyUSB0") // "serial"
 */
export const linkKind = (link: string): string => /^([a-z0-9]+):/.exec(link)?.[1] ?? "serial";
