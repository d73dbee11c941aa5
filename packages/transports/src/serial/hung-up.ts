/**
 * A serial port that was pulled out while bytes came reads as empty forever. @serialport/bindings-cpp 13 takes that for "not yet"
 * and asks again at once: the program spins, its memory grows, and nothing is reported. Here an empty read is the end.
 */
import { read } from "node:fs";
import { promisify } from "node:util";
import type { BindingInterface, BindingPortInterface } from "@serialport/bindings-cpp";

/** What the ports of Linux and macOS have beyond the interface: a descriptor that never blocks, and a poller that waits for it. */
interface PolledPort extends BindingPortInterface {
  readonly fd: number | null;
  readonly poller: { once(event: "readable", listener: (error: Error | null | undefined) => void): unknown };
}

const isPolled = (port: BindingPortInterface): port is PolledPort => "fd" in port && "poller" in port;

const readFrom = promisify(read);
const notYet = new Set(["EAGAIN", "EWOULDBLOCK", "EINTR"]);
const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);

/** Reads until there is something; the port opens with VMIN 1, so that only a dead line gives nothing. */
const readUntilHungUp = async (port: PolledPort, buffer: Buffer, offset: number, length: number) => {
  while (port.fd !== null) {
    try {
      const { bytesRead } = await readFrom(port.fd, buffer, offset, length, null);
      if (bytesRead === 0) throw new Error("the line was hung up");
      return { buffer, bytesRead };
    } catch (error) {
      if (!notYet.has(String(codeOf(error)))) throw error;
    }
    // Closed meanwhile: waiting on a closed port would end the program.
    if (port.fd === null) break;
    await new Promise<void>((resolve, reject) => {
      port.poller.once("readable", (error) => (error instanceof Error ? reject(error) : resolve()));
    });
  }
  throw Object.assign(new Error("the port is closed"), { canceled: true });
};

/** The same binding, whose ports notice that they are gone. */
export const noticingHangUps = (binding: BindingInterface): BindingInterface => ({
  list: () => binding.list(),
  open: async (options) => {
    const port = await binding.open(options);
    if (isPolled(port)) port.read = (buffer, offset, length) => readUntilHungUp(port, buffer, offset, length);
    return port;
  },
});
