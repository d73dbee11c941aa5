import { array, at, bool, dimOr, filler, struct, type TableValue, table, uint } from "../../layout/index.ts";
import { ET11 } from "./et11-mfg-dimension.ts";

/** MEP guide 1.1, pp. 172-173, whose text calls the number of switches in ET11 the size of a record. */
export const ET61 = table(
  "ET61",
  0x083d,
  "Time-Based Relay Control Calendar",
  { read: "basic", write: "advanced" },
  {
    // The page has two relays on all firmware, though control relay 2 came with meter 4.30 (ET29).
    relays: at(
      0,
      array(
        2,
        struct({
          switches: at(
            0,
            array(
              dimOr(ET11, "relaySwitches", 80),
              struct({
                relayState: at(0, bool(0), "State to switch to: closed or open", { vci: "H" }),
                filler1: at(0, filler(1, 4), "Unused"),
                minute: at(0, uint(5, 10), "Minute of the switch", { vci: "H" }),
                hour: at(0, uint(11, 15), "Hour of the switch", { vci: "H" }),
              }),
            ),
            "At most ten a day; what each ten stand for is the calendar's mode (ET05)",
          ),
        }),
      ),
      "Control relay 1, then control relay 2",
    ),
  },
  // ET11 tells the number of switches from here on.
  { since: { meter: [3, 30], module: [1, 11] } },
);
export type ET61 = TableValue<typeof ET61>;
