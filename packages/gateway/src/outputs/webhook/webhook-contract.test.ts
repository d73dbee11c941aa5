import { createHmac } from "node:crypto";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { TakenChange } from "../hours-taken.test-kit.ts";
import { outputKinds } from "../list.ts";
import { type Consumer, outputContract } from "../output-contract.test-kit.ts";
import { openWebReceiver } from "../web-receiver.test-kit.ts";

const secret = "canary-of-the-webhook";

interface Body {
  readonly data: { readonly changes?: readonly TakenChange[] };
}

/** It refuses what is not signed. */
const open = (): Promise<Consumer> =>
  openWebReceiver({
    output: (port) =>
      outputKinds.webhook.create({
        url: `http://127.0.0.1:${port}/hook`,
        secret: new Secret(new TextEncoder().encode(secret)),
      } as never),
    taken: ({ headers, body }) => {
      const { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": signature } = headers;
      const right = createHmac("sha256", secret).update(`${id}.${time}.${body}`).digest("base64");
      return signature === `v1,${right}` ? ((JSON.parse(body) as Body).data.changes ?? []) : 401;
    },
  });

outputContract("webhook", open, { secrets: [secret] });
