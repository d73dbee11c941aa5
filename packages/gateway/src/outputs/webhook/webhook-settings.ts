/** The keys of the output `webhook`. */

import { addressComplaint } from "../../requests/http-request.ts";
import { listUpTo, oneOf, shown, textUpTo, wholeNumber } from "../../settings/leaves.ts";
import { secretText } from "../../settings/secret-value.ts";
import { setting } from "../../settings/setting.ts";
import { outputSchema, type ReadSettings } from "../output-kind.ts";

const live = { restart: false } as const;

const address = shown(textUpTo(2_048, "because no address is longer")).superRefine((value, ctx) => {
  const complaint = addressComplaint(value, "a web server", "https://example.org/meter-values");
  if (complaint !== undefined) ctx.addIssue(complaint);
});

/** The key of the outputs that send changes as messages. */
export const kindsSetting = setting(
  listUpTo(oneOf(["interval", "register", "event", "device"]), 4, "because there are no more kinds"),
  {
    ...live,
    text: "The only kinds of changes that it gets: interval, register, event, device.",
    aside: true,
    example: "[event]",
    fallback: "all",
  },
).optional();

export const webhookSchema = outputSchema({
  url: setting(address, {
    ...live,
    text: "Where changes are sent, as requests with POST.",
    aside: true,
    example: "https://example.org/meter-values",
  }),
  secret: setting(secretText, {
    ...live,
    text: "What the requests are signed with: as it is, `@FILE`, `@credential:NAME` or `sealed:…`. `whsec_…` is read as base64.",
    aside: true,
    example: '"@webhook.secret"',
  }),
  token: setting(secretText, {
    ...live,
    text: "A token for the header `Authorization: Bearer …`, if the server wants one.",
    aside: true,
    example: '"@webhook.token"',
    fallback: "none",
  }).optional(),
  kinds: kindsSetting,
  batch: setting(wholeNumber(1, 1_000), {
    ...live,
    text: "Changes in one request, at most.",
    aside: true,
    example: "100",
    fallback: "100",
  }).optional(),
});

export type WebhookSettings = ReadSettings<typeof webhookSchema>;
