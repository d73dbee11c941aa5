/** The keys of the output `upstream`. */
import { addressComplaint } from "../../requests/http-request.ts";
import { shown, textUpTo } from "../../settings/leaves.ts";
import { secretText } from "../../settings/secret-value.ts";
import { setting } from "../../settings/setting.ts";
import { outputSchema, type ReadSettings } from "../output-kind.ts";

const address = shown(textUpTo(2_048, "because no address is longer")).superRefine((value, ctx) => {
  const complaint = addressComplaint(value, "a process of a fleet", "https://fleet.example.org");
  if (complaint !== undefined) ctx.addIssue(complaint);
});

export const upstreamSchema = outputSchema({
  url: setting(address, {
    restart: false,
    text: "A process of the fleet with the role `api`, to which the values go.",
    aside: true,
    example: "https://fleet.example.org",
  }),
  token: setting(secretText, {
    restart: false,
    text: "What the fleet made for this gateway: as it is, `@FILE`, `@credential:NAME` or `sealed:…`.",
    aside: true,
    example: '"@upstream.token"',
  }),
});

export type UpstreamSettings = ReadSettings<typeof upstreamSchema>;
