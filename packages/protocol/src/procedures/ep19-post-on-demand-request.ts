import {
  all,
  any,
  at,
  atLeast,
  bytes,
  next,
  own,
  ownIs,
  procedure,
  struct,
  u8,
  u16,
  u32,
  when,
} from "../layout/index.ts";

/** Values of `requestType`; types 7 and 8 only occur in ET15. */
export const onDemandRequest = {
  applicationReset: 1,
  billingRead: 2,
  statusRead: 3,
  writeUserData: 4,
  timeSync: 5,
  multicast: 6,
  downloadSwitchover: 9,
  writeUserDataByIndex: 10,
} as const;

const writes = any(
  any(ownIs("requestType", onDemandRequest.writeUserData), ownIs("requestType", onDemandRequest.multicast)),
  ownIs("requestType", onDemandRequest.writeUserDataByIndex),
);
// Page 252 asks for no data before. What it says of ET04.127 is when the two count, not when they are there.
const switchesWithImage = all(
  ownIs("requestType", onDemandRequest.downloadSwitchover),
  atLeast({ meter: [3, 80], module: [1, 30] }),
);

/**
 * MEP guide 1.1, pp. 250-253. What an M-Bus device answers is found in ET16, the progress in ET15; data of such a request
 * stays in the meter and is not sent to the head-end. Appendix C does not list it; page 250 asks for the advanced key.
 */
export const EP19 = procedure(
  "EP19",
  0x0813,
  "Post On-demand M-Bus Request",
  { call: "advanced" },
  {
    request: struct(
      {
        transactionNumber: at(3, u16, "Finds the request in ET15 again; 0x0400..0x04ff for MEP clients", { vci: "H" }),
        deviceHandle: at(5, u16, "Handle in ET14; a group mask for type 6, a bitmask of devices for type 10", {
          vci: "H",
        }),
        requestType: at(7, u8, "What is to be done", {
          vci: "H",
          names: {
            1: "M-Bus application reset",
            2: "billing read",
            3: "status read",
            4: "write user data",
            5: "time synchronization",
            6: "multicast",
            9: "MEP download switchover",
            10: "write user data by index",
          },
        }),
        writeDataLength: next(when(writes, u8), "Bytes of the data; less than ET11.11 for types 4 and 10", {
          vci: "H",
          unit: "byte",
        }),
        writeData: next(when(writes, bytes(own("writeDataLength"))), "SND_UD telegram, or C, CI and user data", {
          vci: "H",
          identifies: "all",
        }),
        // Printed at 8 and 12, where no data are written.
        imageLength: next(
          when(switchesWithImage, u32),
          "Bytes of the whole image; counts where ET04.securityMode is OSGP-AES-128-PSK",
          { vci: "H", unit: "byte" },
        ),
        imageMac: next(when(switchesWithImage, bytes(16)), "MAC of the image, likewise", { vci: "H" }),
      },
      { from: 3 },
    ),
    response: struct({ entryIndex: at(4, u8, "Entry of the queue in ET15", { vci: "M" }) }, { from: 4 }),
  },
  {
    results: {
      2: "there is no such request type",
      3: "no installed device has this handle, group or index",
      7: "the queue of on-demand requests is full",
    },
  },
);
