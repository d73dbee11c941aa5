/** Explanations as JSON documents. */
import { toHex } from "@meterport/protocol/bytes";
import { profileName } from "@meterport/protocol/layout/index";
import { shownValue } from "../../format/value.ts";
import type { ExplainedBody } from "./body.ts";
import type { Exchange, Message } from "./exchange.ts";

/** What is known of a body, for JSON. */
export const bodyDocument = (body: ExplainedBody) => ({
  profile: profileName(body.profile),
  value: body.value,
  spans: body.spans.map((span) => ({ ...span, value: shownValue(span.path, span.value) })),
  unknown: body.unknown,
});

const messageDocument = (message: Message) => ({
  hex: toHex(message.bytes),
  encrypted: message.encrypted,
  ...Object.fromEntries(message.fields.map(({ name, value }) => [name, value])),
  fields: message.fields,
  unknown: message.unknown,
  notes: message.notes,
});

/** The document of the contract; further keys only add to it. */
export const exchangeDocument = ({ request, response, digests, table, body, offset }: Exchange) => {
  const { asked, ...message } = request;
  return {
    kind: "exchange",
    request: { kind: asked?.kind ?? null, ...messageDocument(message) },
    response: response === undefined ? null : messageDocument(response),
    digests,
    ...(table === undefined ? {} : { table }),
    ...(body === undefined ? {} : { offset, ...bodyDocument(body) }),
  };
};
