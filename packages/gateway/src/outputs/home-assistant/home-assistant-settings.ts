/** The keys of the output `home_assistant`. */
import { shown, textUpTo } from "../../settings/leaves.ts";
import { secretText } from "../../settings/secret-value.ts";
import { setting } from "../../settings/setting.ts";
import { outputSchema, type ReadSettings } from "../output-kind.ts";

const live = { restart: false } as const;

const address = shown(textUpTo(1_024, "because no address is longer")).superRefine((value, ctx) => {
  if (!/^(https?|wss?):\/\/[^/]/.test(value) || !URL.canParse(value)) {
    ctx.addIssue("must be the address of Home Assistant, such as http://192.168.1.5:8123");
    return;
  }
  const { username, password } = new URL(value);
  if (username !== "" || password !== "") ctx.addIssue("holds a user or a password: only the token is needed");
});

export const homeAssistantSchema = outputSchema({
  url: setting(address, {
    ...live,
    text: "The address of Home Assistant. Its hourly statistics get what the meter remembers: see [home-assistant.md](home-assistant.md).",
    aside: true,
    example: "http://192.168.1.5:8123",
  }),
  token: setting(secretText, {
    ...live,
    text: "A long-lived access token of an administrator: as it is, `@FILE`, `@credential:NAME` or `sealed:…`.",
    aside: true,
    example: '"@home-assistant.token"',
  }),
});

export type HomeAssistantSettings = ReadSettings<typeof homeAssistantSchema>;
