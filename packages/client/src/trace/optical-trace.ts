/** Names the services that cross an optical port: never shows a password or a user's name. */

import { opticalBaudRates } from "@meterport/protocol/baud-rates";
import { requestCode } from "@meterport/protocol/mep/frame/apdu";
import { responseCode } from "@meterport/protocol/mep/frame/response-codes";
import { type Packet, type PacketEvent, PacketReader } from "@meterport/protocol/optical/packet";
import {
  decodeIdentified,
  decodeNegotiated,
  decodeService,
  type ServiceRequest,
} from "@meterport/protocol/optical/services";
import { requestName } from "./request-name.ts";
import type { TraceLine } from "./trace-line.ts";

/** Longer packets are not negotiated; a greater announced length is noise. */
const largestPacket = 4096;

const tableCodes: readonly number[] = Object.values(requestCode);

const serviceName = (service: ServiceRequest): string => {
  switch (service.kind) {
    case "logon":
      return `logon as user ${service.userId}`;
    case "negotiate": {
      const rates = service.bauds.map((baud) => opticalBaudRates[baud] ?? `code ${baud}`).join(", ");
      return `negotiate ${service.packets} packets of ${service.packetSize} bytes${rates === "" ? "" : `, ${rates} baud`}`;
    }
    case "wait":
      return `wait ${service.seconds} s`;
    // The password must not be shown.
    default:
      return service.kind;
  }
};

const requestText = (data: Uint8Array): string => {
  if (tableCodes.includes(data[0] as number)) return requestName(data);
  const service = decodeService(data);
  return service === undefined || service.kind === "malformed" ? "an unknown service" : serviceName(service);
};

const answerText = (service: string, data: Uint8Array): string => {
  const code = responseCode(data[0] ?? -1);
  const identified = service === "identification" ? decodeIdentified(data) : undefined;
  if (identified !== undefined) return `ok, version ${identified.version}.${identified.revision}`;
  const agreed = service.startsWith("negotiate") ? decodeNegotiated(data) : undefined;
  if (agreed !== undefined) {
    const rate = opticalBaudRates[agreed.baud];
    return `ok, ${agreed.packets} packets of ${agreed.packetSize} bytes${rate === undefined ? "" : `, ${rate} baud`}`;
  }
  return code.name;
};

const sameBytes = (a: Uint8Array, b: Uint8Array | undefined): boolean =>
  b !== undefined && a.length === b.length && a.every((byte, i) => byte === b[i]);

/** Names the packets of an optical link as they pass. */
export class OpticalTrace {
  readonly #sent = new PacketReader(largestPacket);
  readonly #received = new PacketReader(largestPacket);
  readonly #tell: (line: TraceLine) => void;
  readonly #full: boolean;
  /** The last request, and whether the link reports its answer as a response. */
  #asked = { name: "nothing", table: false };
  #lastSent: Uint8Array | undefined;

  constructor(tell: (line: TraceLine) => void, full: boolean) {
    this.#tell = tell;
    this.#full = full;
  }

  sent(bytes: Uint8Array): void {
    for (const event of this.#sent.push(bytes)) this.#out(event);
  }

  received(bytes: Uint8Array): void {
    for (const event of this.#received.push(bytes)) this.#in(event);
  }

  #out(event: PacketEvent): void {
    if (event.type === "acknowledged") this.#byTheByte("-> ACK");
    else if (event.type === "refused") this.#tell({ kind: "event", text: "-> NAK: the packet came damaged" });
    else if (event.type === "packet") {
      const { packet, raw } = event;
      const again = sameBytes(raw, this.#lastSent);
      this.#lastSent = raw;
      if (packet.multi && !packet.first) {
        this.#byTheByte(`-> ${morePackets(packet)}`);
        return;
      }
      this.#asked = { name: requestText(packet.data), table: tableCodes.includes(packet.data[0] as number) };
      this.#tell({ kind: "exchange", text: `-> ${this.#asked.name}${again ? ", again" : ""}` });
    }
  }

  #in(event: PacketEvent): void {
    if (event.type === "acknowledged") this.#byTheByte("<- ACK");
    else if (event.type === "refused") this.#tell({ kind: "event", text: "<- NAK: the meter wants the packet again" });
    else if (event.type === "damaged") this.#tell({ kind: "event", text: `<- damaged packet, ${event.length} bytes` });
    else if (event.type === "noise") this.#tell({ kind: "event", text: `<- ${event.length} bytes of noise` });
    else if (this.#asked.table) this.#byTheByte(`<- ${morePackets(event.packet)}`);
    else {
      const { name } = this.#asked;
      this.#tell({ kind: "exchange", text: `<- ${name}: ${answerText(name, event.packet.data)}, CRC valid` });
    }
  }

  #byTheByte(text: string): void {
    if (this.#full) this.#tell({ kind: "exchange", text });
  }
}

const morePackets = ({ sequence, data }: Packet): string => `packet of ${data.length} bytes, ${sequence} to follow`;
