import assert from "node:assert/strict";
import { test } from "node:test";
import { StopSignal } from "@meterport/client/session/stop-signal";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { AskHttp, HttpQuestion } from "../../requests/http-request.ts";
import { matchesGolden } from "../golden.test-kit.ts";
import { OutputWorld, until } from "../output-world.test-kit.ts";
import { sampleChanges } from "../sample-changes.test-kit.ts";
import { signatureHeaders } from "./signature.ts";
import { openWebhook } from "./webhook-output.ts";
import type { WebhookSettings } from "./webhook-settings.ts";

const secret = (text: string): Secret => new Secret(new TextEncoder().encode(text));
const settings = (more: object = {}): WebhookSettings =>
  ({ url: "https://h/hook?key=canary", secret: secret("canary"), ...more }) as WebhookSettings;

const within = async (
  work: (
    world: OutputWorld,
    asked: HttpQuestion[],
    answers: (status: number, text?: string) => void,
    ask: AskHttp,
  ) => Promise<void>,
): Promise<void> => {
  const world = new OutputWorld();
  const asked: HttpQuestion[] = [];
  let answer = { status: 204, text: "" };
  const ask: AskHttp = async (question) => {
    asked.push(question);
    return { ...answer, retryAfter: null };
  };
  const answers = (status: number, text = ""): void => {
    answer = { status, text };
  };
  try {
    await work(world, asked, answers, ask);
    assert.doesNotMatch(world.lines.join(), /canary/);
  } finally {
    await world.done();
  }
};

test("a signature is that of the example in the specification", () => {
  // Standard Webhooks 1.0.0, its libraries' test vector.
  const signed = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", time: 1_614_265_330_000, body: '{"test": 2432232314}' };
  assert.deepEqual(signatureHeaders(secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), signed), {
    "webhook-id": signed.id,
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
});

test("a message that a busy receiver wants later is signed again with the time of the attempt", async () => {
  let now = 1_000_000;
  const clock = {
    ...{ now: () => now, wall: () => now },
    at: (time: number, task: () => void) => {
      now = time;
      queueMicrotask(task);
      return () => {};
    },
  };
  const asked: HttpQuestion[] = [];
  const ask: AskHttp = async (question) => {
    asked.push(question);
    return { status: asked.length < 3 ? 503 : 204, text: "", retryAfter: 30_000 };
  };
  const context = { clock, entropy: (length: number) => new Uint8Array(length), version: "0.1.0" };
  await openWebhook(settings(), ask)(context as never, new StopSignal());
  assert.deepEqual(
    asked.map(({ headers }) => headers?.["webhook-timestamp"]),
    ["1000", "1030", "1060"],
  );
  for (const { headers, body } of asked)
    assert.deepEqual(
      { ...headers, "content-type": undefined },
      {
        ...signatureHeaders(secret("canary"), {
          ...{ id: "test-0000000000000000", body: String(body) },
          time: 1_000 * Number(headers?.["webhook-timestamp"]),
        }),
        "content-type": undefined,
      },
    );
});

test("a request matches its golden file", () =>
  within(async (world, asked, _, ask) => {
    await world.store.write({
      intervals: sampleChanges.flatMap((entry) => (entry.kind === "interval" ? [entry.interval] : [])),
      registers: sampleChanges.flatMap((entry) => (entry.kind === "register" ? [entry.register] : [])),
      events: sampleChanges.flatMap((entry) => (entry.kind === "event" ? [entry.event] : [])),
      devices: sampleChanges.flatMap((entry) => (entry.kind === "device" ? [entry.device] : [])),
    });
    world.start({ name: "webhook", begins: "oldest", open: openWebhook(settings(), ask) });
    await world.delivered();
    const body = JSON.parse(String(asked.at(-1)?.body).replaceAll(/"(timestamp|stored)":"[^"]+"/g, '"$1":"…"'));
    matchesGolden(new URL("golden/changes.json", import.meta.url), body);
    assert.equal(asked.at(-1)?.headers?.["webhook-id"], "changes-1-5");
  }));

test("only the kinds that are wanted are sent, in requests of the size that is wanted", () =>
  within(async (world, asked, _, ask) => {
    world.start({ name: "webhook", open: openWebhook(settings({ batch: 2, kinds: ["interval"] }), ask) });
    await world.is("up");
    const event = { point: "home", id: "a", time: 0, until: null, kind: "x", number: null, origin: "meter" } as const;
    await world.store.write({ events: [{ ...event, detail: "{}" }] });
    await world.change(5);
    await world.delivered();
    const ids = asked.slice(1).map(({ headers }) => headers?.["webhook-id"]);
    assert.ok(ids.length >= 3, ids.join());
    assert.doesNotMatch(asked.map(({ body }) => body).join(), /"change":"event"/);
    for (const { body } of asked.slice(1)) assert.ok(JSON.parse(String(body)).data.changes.length <= 2);
  }));

test("what is refused is told with what to do, and sent again until it is taken", () =>
  within(async (world, asked, answers, ask) => {
    answers(403, "bad signature");
    world.start({ name: "webhook", open: openWebhook(settings({ token: secret("canary-token") }), ask) });
    await world.is("failing");
    assert.match(
      (await world.status()).problem ?? "",
      /^https:\/\/h\/hook refuses .* \(403\): check secret and token: bad/,
    );
    assert.equal(asked[0]?.headers?.authorization, "Bearer canary-token");
    answers(308);
    await until("the address", async () =>
      /sends on to another address \(308\)/.test((await world.status()).problem ?? ""),
    );
    answers(204);
    await world.is("up");
    answers(500, "no disk");
    await world.change(1);
    await until("failing", async () =>
      /did not take the request \(500\): no disk/.test((await world.status()).problem ?? ""),
    );
    answers(200);
    await world.delivered();
    const sent = asked.filter(({ body }) => String(body).includes('"changes"'));
    assert.ok(sent.length >= 1);
    assert.match(String(sent.at(-1)?.body), /energy_import_wh/);
  }));
