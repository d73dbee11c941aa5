/** Explanations of an optical port as JSON documents. */
import { bodyDocument } from "../exchange-document.ts";
import type { ExplainedItem } from "./optical-item.ts";
import { type ExplainedMessage, maskedHex, tableIdText } from "./optical-message.ts";

const itemDocument = ({ said, what, fields, unknown, secrets, ends }: ExplainedItem) => ({
  type: said.type,
  by: said.by ?? null,
  ...(said.t === undefined ? {} : { t: said.t }),
  hex: maskedHex(said.bytes, secrets),
  ...(what === "" ? {} : { what }),
  ...(said.type === "packet" ? { crc: "valid", repeated: said.repeated } : {}),
  fields,
  unknown,
  ...(ends === undefined ? {} : { message: ends }),
});

const messageDocument = (message: ExplainedMessage) => {
  const { by, packets, bytes, service, what, fields, unknown, secrets, notes, offset, body } = message;
  const table = tableIdText(message);
  return {
    by,
    service,
    what,
    packets,
    hex: maskedHex(bytes, secrets),
    fields,
    unknownInMessage: unknown,
    notes,
    ...(table === undefined ? {} : { table, offset }),
    ...(body === undefined ? {} : bodyDocument(body)),
  };
};

/** The document of the contract; further keys only add to it. */
export const opticalDocument = (items: readonly ExplainedItem[], messages: readonly ExplainedMessage[]) => ({
  kind: "optical",
  items: items.map(itemDocument),
  messages: messages.map(messageDocument),
});
