/**
 * Takes a file that the grid sends: start, code packets, switch-over (MEP guide 1.1, pp. 97-98 and 252-253). The device hands
 * it over when it is whole; nothing is ever executed.
 */
import { ET04 } from "@meterport/protocol/tables/extended/et04-system-information";
import { ET15 } from "@meterport/protocol/tables/extended/et15-on-demand-requests";
import type { FileStep } from "./actions.ts";
import { type Duty, type Entry, read, remember, type Steps, take } from "./duty.ts";
import type { FileObstacle } from "./events.ts";
import { type FileProgress, hasPacket, missingPackets, noPackets, packetCount, withPacket } from "./file-progress.ts";

const start = 7;
const packet = 8;
/** Before its code, a packet has its number. */
const numberBytes = 2;
/** The length of each packet's message (MEP guide 1.1, p. 98). */
const packetMessage = 56;
const defaultMostBytes = 1_048_576;
const progressEvery = 100;
const macBytes = 16;
const lengthBytes = 4;
/** ET04.127: OSGP-AES-128-PSK, where the switch-over carries length and MAC (p. 253). */
const withMac = 2;

const refuse = (duty: Duty, why: FileObstacle, detail = ""): false => {
  duty.tell({ type: "file-refused", why, detail });
  return false;
};

/** Does something with the bytes; false if they could not be stored. */
function* store(duty: Duty, file: FileStep): Steps<boolean> {
  const reply = yield { type: "file", file };
  return reply.ok || refuse(duty, "not-stored", reply.failure.detail);
}

/** Serves one entry of a file; gives whether it is answered with success. */
export function* serveFile(duty: Duty, entry: Entry): Steps<boolean> {
  if (duty.options.files === undefined) return refuse(duty, "off");
  if (entry.type === start) return yield* begin(duty);
  const progress = duty.memory.file;
  if (progress === null) return refuse(duty, "not-started");
  return entry.type === packet ? yield* takePacket(duty, progress) : yield* switchOver(duty, progress, entry);
}

function* begin(duty: Duty): Steps<boolean> {
  // Packets of an earlier file must not count for one whose bytes are gone, if the program ends in between.
  if (duty.memory.file !== null) yield* remember(duty, { ...duty.memory, file: null });
  if (!(yield* store(duty, { do: "begin" }))) return false;
  yield* remember(duty, { ...duty.memory, file: noPackets });
  duty.tell({ type: "file-started" });
  return true;
}

function* takePacket(duty: Duty, progress: FileProgress): Steps<boolean> {
  const [length, message] = (yield* read(ET15, [["multicastDataLength"], ["multicastDataMessage"]])) as [
    number,
    Uint8Array,
  ];
  if (length !== packetMessage || message.length < packetMessage)
    return refuse(duty, "bad-packet", `${length} bytes instead of ${packetMessage}`);
  const { firstPacket = 0, mostBytes = defaultMostBytes } = duty.options.files ?? {};
  const number = (message[0] as number) + 256 * (message[1] as number);
  if (number < firstPacket) return refuse(duty, "bad-packet", `number ${number}`);
  if (hasPacket(progress, number)) return true;
  const bytes = message.slice(numberBytes, packetMessage);
  const offset = (number - firstPacket) * bytes.length;
  if (offset + bytes.length > mostBytes + packetMessage)
    return refuse(duty, "too-large", `packet ${number}, at most ${mostBytes} bytes`);
  const next = withPacket({ ...progress, packetBytes: bytes.length }, number);
  if (next === undefined) return refuse(duty, "too-scattered");
  if (!(yield* store(duty, { do: "write", offset, bytes }))) return false;
  yield* remember(duty, { ...duty.memory, file: next });
  const packets = packetCount(next);
  if (packets % progressEvery === 0) duty.tell({ type: "file-progress", packets });
  return true;
}

interface Image {
  readonly length: number;
  readonly mac: Uint8Array;
}

/** Length and MAC, which the message of the entry carries; undefined if it has none. */
function* imageOf({ index }: Entry): Steps<Image | undefined> {
  const [{ writeDataLength, writeData }] = (yield* read(ET15, [["writeMessages", index]])) as [
    { readonly writeDataLength: number; readonly writeData: Uint8Array },
  ];
  if (writeDataLength !== lengthBytes + macBytes || writeData.length < writeDataLength) return undefined;
  const length = new DataView(writeData.buffer, writeData.byteOffset).getUint32(0, true);
  return { length, mac: writeData.slice(lengthBytes, lengthBytes + macBytes) };
}

/** Whether the meter's security mode asks for a MAC. A meter that does not say so is not trusted to need none. */
function* asksForMac(): Steps<boolean> {
  const reply = yield { type: "read", table: ET04, paths: [["securityMode"]], urgent: false };
  // Firmware without the field knows no such mode.
  if (!reply.ok && reply.failure.kind === "here") return false;
  if (!reply.ok) return true;
  return (reply.value as readonly [number])[0] === withMac;
}

function* switchOver(duty: Duty, progress: FileProgress, entry: Entry): Steps<boolean> {
  const { firstPacket = 0, mostBytes = defaultMostBytes } = duty.options.files ?? {};
  const { packetBytes, runs } = progress;
  const image = yield* imageOf(entry);
  const needsMac = yield* asksForMac();
  if (packetBytes === null) return refuse(duty, "missing-packets", "none arrived");
  const arrived = ((runs.at(-1)?.[1] ?? 0) - firstPacket + 1) * packetBytes;
  const length = image?.length ?? arrived;
  if (length < 1 || length > mostBytes) return refuse(duty, "too-large", `${length} bytes, at most ${mostBytes}`);
  const missing = missingPackets(progress, firstPacket, firstPacket + Math.ceil(length / packetBytes) - 1);
  if (missing > 0) return refuse(duty, "missing-packets", `${missing}`);
  if (image === undefined && needsMac) return refuse(duty, "no-mac");
  if (image !== undefined && !(yield* isGenuine(duty, image))) return false;
  return yield* complete(duty, length, image !== undefined);
}

/** Checks the MAC; a file that fails is dropped. */
function* isGenuine(duty: Duty, { length, mac }: Image): Steps<boolean> {
  const reply = yield { type: "file", file: { do: "verify", length, mac } };
  if (!reply.ok) return refuse(duty, "no-mac", reply.failure.detail);
  if (reply.value === true) return true;
  yield* take({ type: "file", file: { do: "drop" } });
  yield* remember(duty, { ...duty.memory, file: null });
  return refuse(duty, "wrong-mac");
}

function* complete(duty: Duty, length: number, verified: boolean): Steps<boolean> {
  if (!(yield* store(duty, { do: "complete", length, verified }))) return false;
  yield* remember(duty, { ...duty.memory, file: null });
  duty.tell({ type: "file-complete", length, verified });
  return true;
}
