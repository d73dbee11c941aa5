/**
 * Messages of the utility on the display: the scheduled one, whose fields hold the latest FTa free text too (ET55), and the
 * FTz texts (ET97). They are read only: no guide gives the display's character set, nor how a free text is sent. MEP guide
 * 1.1, pp. 148-152, 198.
 */
import { ET55 } from "@meterport/protocol/tables/extended/et55-meter-configuration";
import { ET97 } from "@meterport/protocol/tables/extended/et97-meter-configuration-ln";
import { mayHave } from "../meter/capabilities.ts";
import type { CallOptions, Meter } from "../meter/meter.ts";
import { unlessRefused } from "../meter/outcome.ts";
import { utcIso } from "./quality.ts";

/** Characters as the meter stores them. */
export interface DisplayCharacters {
  readonly bytes: Uint8Array;
  /** Read as ASCII; null if a byte is not a printable character of it. */
  readonly ascii: string | null;
}

/** The message that appears for some time. */
export interface ScheduledMessage {
  /** On the left side. */
  readonly id: DisplayCharacters;
  /** On the right side. */
  readonly text: DisplayCharacters;
  /** ISO 8601 UTC; null if impossible. */
  readonly from: string | null;
  readonly to: string | null;
  /** Whether its end comes before its start: then it never appears, or was called off. */
  readonly off: boolean | null;
  /** Dismissed with the push button, or cancelled. */
  readonly dismissed: boolean;
}

export interface DisplayMessages {
  /** null if the meter refuses ET55. */
  readonly scheduled: ScheduledMessage | null;
  /** The remaining characters of the FTz texts; null if the meter refuses ET97, or has none. */
  readonly freeTexts: readonly DisplayCharacters[] | null;
}

const charactersOf = (bytes: Uint8Array): DisplayCharacters => {
  const text = String.fromCharCode(...bytes).replace(/\0+$/, "");
  return { bytes, ascii: /^[ -~]*$/.test(text) ? text.trimEnd() : null };
};

const scheduledOf = (
  et55: Pick<
    ET55,
    "lcdMessageId" | "lcdMessageText" | "lcdMessageDisplayStart" | "lcdMessageDisplayEnd" | "messageOverridden"
  >,
): ScheduledMessage => {
  const from = utcIso(et55.lcdMessageDisplayStart);
  const to = utcIso(et55.lcdMessageDisplayEnd);
  return {
    id: charactersOf(et55.lcdMessageId),
    text: charactersOf(et55.lcdMessageText),
    from,
    to,
    off: from === null || to === null ? null : to < from,
    dismissed: et55.messageOverridden,
  };
};

/** @throws LinkError, LayoutError */
export const readDisplayMessages = async (meter: Meter, call: CallOptions = {}): Promise<DisplayMessages> => {
  const [message] = await meter.batch((want) => [want.read(ET55)], call);
  const et55 = unlessRefused(message);
  const hasTexts = await mayHave(meter, ET97, call);
  const [texts] = hasTexts ? await meter.batch((want) => [want.read(ET97, ["ftzMessageContents"])], call) : [];
  const ftz = texts === undefined ? null : unlessRefused(texts);
  return {
    scheduled: et55 === null ? null : scheduledOf(et55),
    freeTexts: ftz?.map(charactersOf) ?? null,
  };
};
