/** A resolver of services on the network of this machine, for tests of announcements. */
import { createSocket, type Socket } from "node:dgram";
import { networkInterfaces } from "node:os";

/** The first address of this machine that others can reach; undefined without a network. */
export const outside = Object.values(networkInterfaces())
  .flatMap((each) => each ?? [])
  .find(({ family, internal }) => family === "IPv4" && !internal)?.address;

/** A question for the instances of a service, RFC 6763 section 4.1, as plain DNS: the answer comes to us alone. */
const question = (type: string): Buffer => {
  const labels = [`_${type}`, "_tcp", "local"].map((label) =>
    Buffer.from(`${String.fromCharCode(label.length)}${label}`),
  );
  return Buffer.concat([Buffer.from([0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]), ...labels, Buffer.from([0, 0, 12, 0, 1])]);
};

export class MdnsResolver {
  readonly #socket: Socket = createSocket("udp4");
  /** Datagrams of others, as text. */
  readonly answers: string[] = [];

  async open(): Promise<void> {
    this.#socket.on("message", (bytes) => void this.answers.push(bytes.toString("latin1")));
    await new Promise<void>((resolve) => this.#socket.bind(0, outside, resolve));
    this.#socket.setMulticastInterface(outside ?? "");
  }

  ask(type: string): void {
    this.#socket.send(question(type), 5_353, "224.0.0.251", () => {});
  }

  /** The answer that has this instance with its texts; undefined if none came yet. */
  about(name: string): string | undefined {
    return this.answers.find((text) => text.includes(name));
  }

  close(): void {
    this.#socket.close();
  }
}
