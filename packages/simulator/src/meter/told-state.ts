/** State of the meter's ports that readers of ET04 and ET70 are told of. */
import { ET04, ET70 } from "@meterport/protocol/tables/index";
import type { Behaviour, MeterRequest } from "../behaviour.ts";

/** Offsets of the MEP sequence number in ET04; from firmware 4.0 on that of client 1 (MEP guide 1.1, pp. 69, 73). */
const sequenceNumber = 103;
const sequenceNumberOf4 = 129;
/** Byte of ET70 that names the port a request came in on (p. 179). */
const portOffset = 142;

const reads = ({ request }: MeterRequest, table: number): boolean =>
  (request.kind === "read" || request.kind === "read-at") && request.table === table;

/** Tells who reads ET70 which port it is on. */
export const tellPort: Behaviour = (asked) => {
  if (asked.optical === undefined && reads(asked, ET70.number))
    asked.memory.patch(ET70.number, portOffset, Uint8Array.of(asked.port));
  return undefined;
};

/** Keeps the sequence numbers of the ports in ET04 up to date for readers. */
export const tellSequence =
  (generation4: boolean, sequences: () => readonly number[]): Behaviour =>
  (asked) => {
    if (!reads(asked, ET04.number)) return undefined;
    const offset = generation4 ? sequenceNumberOf4 : sequenceNumber;
    const number = new DataView(new ArrayBuffer(4));
    for (const [index, sequence] of sequences().entries()) {
      number.setUint32(0, sequence, true);
      asked.memory.patch(ET04.number, offset + 4 * index, new Uint8Array(number.buffer.slice(0)));
    }
    return undefined;
  };
