/** Explains the traffic of an optical port: a line for each message of a capture, or every byte. */
import { type HeardBytes, readConversation } from "@meterport/protocol/optical/conversation";
import { toJson } from "../../../format/json.ts";
import { paintFor } from "../../../format/paint.ts";
import { type Exit, exit, type Io, print, say } from "../../../io/io.ts";
import { opticalDocument } from "./optical-document.ts";
import { explainItems } from "./optical-item.ts";
import { explainMessages, type OpticalOptions } from "./optical-message.ts";
import { listText, wholeText } from "./optical-text.ts";

export interface OpticalInput {
  readonly heard: readonly HeardBytes[];
  /** Whether it is a capture, for which a line per message is enough. */
  readonly capture: boolean;
}

export interface OpticalOutput {
  readonly full: boolean;
  readonly json: boolean;
}

export const explainOptical = (
  { heard, capture }: OpticalInput,
  options: OpticalOptions,
  { full, json }: OpticalOutput,
  io: Io,
): Exit => {
  const conversation = readConversation(heard);
  const messages = explainMessages(conversation.messages, options);
  const items = explainItems(conversation, messages);
  if (items.length === 0) say(io, "this capture is empty");
  const paint = paintFor(io.stdout);
  const chosen = options.profile !== undefined;
  if (json) print(io, toJson(opticalDocument(items, messages)));
  else if (capture && !full) io.stdout.write(listText(items, messages, paint));
  else io.stdout.write(wholeText(items, messages, { chosen, paint }));
  const unknown =
    items.some((item) => item.unknown.length > 0) ||
    messages.some(({ unknown, body }) => unknown.length > 0 || (body?.unknown.length ?? 0) > 0);
  return unknown && !capture ? exit.failed : exit.done;
};
