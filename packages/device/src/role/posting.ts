/** Posts a message with EP39. Its form is data that the application brings; without a form nothing is sent. */
import { LayoutError } from "@meterport/protocol/errors";
import { encodePost, type PostForms, type PostMessage } from "@meterport/protocol/procedures/post-messages";
import type { Duty, Steps } from "./duty.ts";

/** ET16 has room for 506 bytes of a device (ET11.5 less 11), before which a form has some fields. */
const mostParameters = 520;

export type Posted =
  | "posted"
  | "no-form"
  /** It does not fit the form. */
  | "unfit"
  /** The link failed: the meter may have it. */
  | "uncertain"
  | "refused";

/** How often the same answer is offered. */
export const mostTries = 3;

/**
 * The message as the forms can write it: a form of the kind with alarms that writes none serves a read without them, too.
 * Undefined if no form can.
 */
const writableAs = (forms: PostForms, message: PostMessage): PostMessage | undefined => {
  if (forms[message.kind] !== undefined) return message;
  const other = forms["scheduled-read-and-alarms"];
  if (message.kind !== "scheduled-read" || other === undefined || other.fields.includes("alarms")) return undefined;
  return { kind: "scheduled-read-and-alarms", data: message.data, alarms: 0 };
};

/** Why a message cannot be written. */
export interface Unfit {
  readonly unfit: string;
}

/** The parameters of EP39, if there is a form and the message fits it. */
export const parametersOf = (forms: PostForms, message: PostMessage): Uint8Array | "no-form" | Unfit => {
  const written = writableAs(forms, message);
  if (written === undefined) return "no-form";
  try {
    const parameters = encodePost(forms, written) ?? "no-form";
    const isLong = parameters !== "no-form" && parameters.length > mostParameters;
    return isLong ? { unfit: `EP39 takes ${mostParameters} bytes` } : parameters;
  } catch (error) {
    // A number of the application, or the length of its data, has no room in its field.
    if (error instanceof LayoutError) return { unfit: error.message };
    throw error;
  }
};

export interface PostingOptions {
  /** How often this was tried before. */
  readonly tries?: number;
  /** Success is not worth an event. */
  readonly quiet?: boolean;
}

/** Posts, and tells how it went. */
export function* post(
  duty: Duty,
  message: PostMessage,
  { tries = 0, quiet = false }: PostingOptions = {},
): Steps<Posted> {
  const { kind } = message;
  const transaction = message.kind === "on-demand" ? message.transaction : null;
  const parameters = parametersOf(duty.options.forms, message);
  if (parameters === "no-form") {
    duty.tell({ type: "no-form", kind, transaction });
    return "no-form";
  }
  if ("unfit" in parameters) {
    duty.tell({ type: "not-answered", kind, transaction, why: "bad-length", detail: parameters.unfit });
    return "unfit";
  }
  const reply = yield { type: "post", parameters };
  if (reply.ok) {
    const success = message.kind !== "on-demand" || message.success;
    if (!quiet || !success) duty.tell({ type: "answered", kind, transaction, success });
    return "posted";
  }
  const { detail } = reply.failure;
  duty.tell({ type: "post-failed", kind, transaction, detail, final: tries + 1 >= mostTries });
  return reply.failure.kind === "link" ? "uncertain" : "refused";
}
