import { at, procedure, struct, u8, u16 } from "../layout/index.ts";

/**
 * MEP guide 1.1, pp. 249-250. Clears ET50's registration and icons and the entry in ET14, and sets the baud rate back to
 * 9600. The basic key can only remove MEP clients on a meter, not M-Bus devices.
 */
export const EP17 = procedure(
  "EP17",
  0x0811,
  "Remove MEP Device",
  { call: "basic" },
  {
    request: struct(
      {
        action: at(3, u8, "Primary address that a removed M-Bus device gets; at 250 no meter finds it again", {
          vci: "H",
          names: { 0: "remove, address 0", 1: "remove, address 250" },
        }),
        deviceHandle: at(4, u16, "Handle in ET14; 65535 removes all, for provisioning only", { vci: "H" }),
      },
      { from: 3 },
    ),
    response: struct({}, { from: 4 }),
  },
  {
    results: {
      1: "not all requested devices are removed yet",
      2: "there is no such action",
      3: "no installed device has this handle",
      4: "a removal is already in progress",
    },
    unfinished: 1,
  },
);
