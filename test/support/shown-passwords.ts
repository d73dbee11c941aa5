/** Counts how often a client shows a password at an optical port, from the bytes that it sends. */
import { PacketReader } from "@meterport/protocol/optical/packet";
import { serviceCode } from "@meterport/protocol/optical/services";

/** Repetitions of a packet are one showing, since a meter drops them. */
export class ShownPasswords {
  times = 0;
  #last = "";
  readonly #reader = new PacketReader(600);

  /** Whether these bytes complete another showing. */
  note(bytes: Uint8Array): boolean {
    const before = this.times;
    for (const event of this.#reader.push(bytes)) {
      if (event.type !== "packet") continue;
      const raw = event.raw.join();
      if (event.packet.data[0] === serviceCode.security && raw !== this.#last) this.times++;
      this.#last = raw;
    }
    return this.times > before;
  }
}
