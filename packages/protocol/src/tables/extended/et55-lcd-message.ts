/** ET55 from byte 52 to 77 (78): the scheduled or free text message on the display (MEP guide 1.1, pp. 148-152). */
import { at, bool, bytes, either, filler, ltimeDate, u8 } from "../../layout/index.ts";
import { column, generation4 } from "./et55-columns.ts";

// The guide does not define the display's character set, so its characters stay bytes.
export const lcdMessageFields = {
  lcdMessageId: at(
    52,
    bytes(either(generation4, 5, 4), "ARRAY[4 + X] of UINT8"),
    "Left side of the display, leftmost character first; OBIS code of a free text message",
    { vci: "H", identifies: "all" },
  ),
  lcdMessageIdDecimalPoints: at(column(56, 57), u8, "Decimal points of the id, bit 0 at the rightmost character", {
    vci: "H",
  }),
  lcdMessageText: at(column(57, 58), bytes(8), "Right side of the display; what remains of a free text message", {
    vci: "M",
    identifies: "all",
  }),
  lcdMessageDisplayStart: at(column(65, 66), ltimeDate, "When the message appears, UTC", { vci: "M", value: 1 }),
  lcdMessageDisplayEnd: at(column(71, 72), ltimeDate, "When it goes, UTC; before the start: it never appears", {
    vci: "M",
    value: 1,
  }),
  disableMessageOverride: at(column(77, 78), bool(0), "The push button cannot dismiss the message", { vci: "H" }),
  messageOverridden: at(column(77, 78), bool(1), "The message was dismissed, or is cancelled", { vci: "H/M" }),
  disableMessageInScrollingList: at(column(77, 78), bool(2), "A dismissed message does not join the display list", {
    vci: "H",
  }),
  messageFiller3: at(column(77, 78), filler(3, 7), "Not described"),
};
