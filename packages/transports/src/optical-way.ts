/** What a link says of the meter's port, told apart from the way there. */

/** The way to a meter, and which of its ports is at the end. */
export interface Way {
  readonly optical: boolean;
  /** A link for `openLink`. */
  readonly link: string;
}

/**
 * Takes "optical" off a link: `optical://` stands for a serial port, `optical+` goes in front of any other kind.
 *
 * @example
 * wayOf("optical:///dev/ttyUSB0?baud=9600") // { optical: true, link: "serial:///dev/ttyUSB0?baud=9600" }
 * wayOf("optical+tcp://127.0.0.1:4059") // { optical: true, link: "tcp://127.0.0.1:4059" }
 * wayOf("/dev/ttyUSB0") // { optical: false, link: "/dev/ttyUSB0" }
 */
export const wayOf = (text: string): Way => {
  const plain = text.trim();
  const [, other] = /^optical(?:\+([a-z][a-z0-9.-]*))?:\/\//i.exec(plain) ?? [];
  if (!/^optical[+:]/i.test(plain)) return { optical: false, link: text };
  return {
    optical: true,
    link: other === undefined ? `serial${plain.slice("optical".length)}` : plain.slice("optical+".length),
  };
};
