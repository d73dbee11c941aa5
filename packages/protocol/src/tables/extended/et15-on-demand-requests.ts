import {
  array,
  at,
  bytes,
  dim,
  minus,
  plus,
  struct,
  type TableValue,
  table,
  times,
  u8,
  u16,
  uint,
} from "../../layout/index.ts";
import { ET11 } from "./et11-mfg-dimension.ts";

const queueSize = dim(ET11, "onDemandQueueSize");
const entrySize = dim(ET11, "onDemandEntrySize");
const writeEntrySize = dim(ET11, "onDemandWriteEntrySize");
const multicastLength = dim(ET11, "mbusMulticastLength");

/** What the multicast message of a request of type 8 holds: a packet of new firmware for a MEP client (p. 98). */
export const downloadCodePacket = struct({
  packetNumber: at(0, u16, "Number of the packet", { vci: "M" }),
  codePacket: at(2, bytes(minus(multicastLength, 3)), "Code", { vci: "M" }),
});

/** MEP guide 1.1, pp. 95-98. Entries are made by EP19 and EP39. */
export const ET15 = table(
  "ET15",
  0x080f,
  "MEP/M-Bus On-demand Requests",
  { read: "basic", write: "never" },
  {
    writePointer: at(0, uint(0, 3), "Entry that the next request takes", { vci: "M" }),
    readPointer: at(0, uint(4, 7), "Entry that the meter deals with next", { vci: "M" }),
    requestQueue: at(
      1,
      array(
        queueSize,
        struct(
          {
            transactionNbr: at(1, u16, "Pairs requests with results", { vci: "M" }),
            deviceHandleOrGroupMask: at(3, u16, "The device; for multicasts the groups, 0xffff = all devices", {
              vci: "M",
            }),
            requestType: at(5, u8, "What is asked for", {
              vci: "M",
              names: {
                0: "no entry",
                1: "M-Bus application reset",
                2: "billing read",
                3: "M-Bus status read",
                4: "write data",
                5: "M-Bus time synchronization",
                6: "M-Bus multicast",
                7: "MEP download start",
                8: "MEP download code packet",
                9: "MEP download switchover",
              },
            }),
            result: at(6, u8, "How it went", {
              vci: "M",
              names: { 0: "not completed", 1: "success", 2: "no response", 3: "failed" },
            }),
          },
          { from: 1 },
        ),
        entrySize,
      ),
      "Requests and their results, a circular queue",
    ),
    writeMessages: at(
      plus(1, times(queueSize, entrySize)),
      array(
        queueSize,
        struct({
          writeDataLength: at(0, u8, "Bytes of the data that count", { vci: "M", unit: "byte" }),
          writeData: at(1, bytes(minus(writeEntrySize, 1)), "Data of a request of type 4 with the same index", {
            vci: "M",
            identifies: "all",
          }),
        }),
        writeEntrySize,
      ),
      "One entry per request",
    ),
    multicastDataLength: at(
      plus(1, times(queueSize, plus(entrySize, writeEntrySize))),
      u8,
      "Bytes of the message that count; 56 for a download code packet",
      { vci: "M", unit: "byte" },
    ),
    multicastDataMessage: at(
      plus(2, times(queueSize, plus(entrySize, writeEntrySize))),
      bytes(minus(multicastLength, 1)),
      "M-Bus: C field, CI field, user data; MEP client: packet number and code",
      { vci: "M", identifies: "all" },
    ),
  },
);
export type ET15 = TableValue<typeof ET15>;
