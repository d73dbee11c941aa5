/** A supervised link to a virtual meter over a modelled line, in virtual time. */
import assert from "node:assert/strict";
import { connect, rc4, type Security } from "@meterport/client";
import { type Connected, Supervisor, type SupervisorOptions } from "@meterport/client/supervision/supervisor";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { Millis } from "@meterport/protocol/ports";
import { BT52 } from "@meterport/protocol/tables/index";
import { type LineCondition, modelledLine, VirtualMeter } from "@meterport/simulator";
import { BreakablePipes } from "./breakable-pipes.ts";
import { VirtualClock } from "./virtual-clock.ts";

export const basicKey = new Secret(new Uint8Array(16).fill(1));
export const advancedKey = new Secret(new Uint8Array(16).fill(2));
export const noEntropy = (length: number): Uint8Array => new Uint8Array(length);

export interface LinkSetting {
  readonly profile?: string;
  readonly condition?: LineCondition;
  /** The key that the client shows; may change. */
  readonly securityOf?: () => Security;
  readonly options?: Partial<SupervisorOptions<Connected>>;
  /** Bits per second of the link; undefined if it cannot be set. */
  readonly baud?: number | undefined;
}

/** The link, and what is behind it: change the line with `pipes`; the results are in `states`. */
export const superviseLink = ({
  profile = "meter:3.70",
  condition = {},
  securityOf = () => rc4({ key: advancedKey, entropy: noEntropy }),
  options = {},
  ...rest
}: LinkSetting = {}) => {
  const baud = "baud" in rest ? rest.baud : 9600;
  const clock = new VirtualClock();
  const keys = { basic: basicKey, advanced: advancedKey };
  const device = new VirtualMeter({
    profile: parseProfile(profile),
    keys,
    scenario: "quiet",
    seed: 1,
    start: clock.wall(),
    tls: ["off"],
  });
  const pipes = new BreakablePipes(modelledLine({ meter: device, clock, ...condition }), clock);
  const link = new Supervisor<Connected>({
    name: "pipe",
    open: pipes.open,
    connect: async (transport, signal, onSession) => ({
      meter: await connect(transport, { security: securityOf(), clock, signal, onSession, writable: true }),
    }),
    clock,
    entropy: noEntropy,
    baud,
    near: true,
    ...options,
  });
  const states: string[] = [];
  link.listen(({ state, cause }) => states.push(cause === null ? state : `${state} ${cause.code}`));
  const ask = () => link.run(({ meter }, signal) => meter.read(BT52, { signal }), { label: "ask", limit: 5_000 });
  /** Reads every second, as a poll does while the link answers; returns the number of answers. */
  const poll = async (time: Millis): Promise<number> => {
    let answers = 0;
    for (let passed = 0; passed < time; passed += 1_000) {
      if (link.status.answering)
        await clock.run(
          ask().then(
            () => answers++,
            () => {},
          ),
        );
      await clock.advance(1_000);
    }
    return answers;
  };
  return { clock, device, pipes, link, states, ask, poll };
};

/** Lets time pass until a condition holds, and returns how long it took. */
export const until = async (clock: VirtualClock, limit: Millis, done: () => boolean): Promise<Millis> => {
  const began = clock.now();
  while (!done()) {
    assert.ok(clock.now() - began < limit, `not within ${limit} ms`);
    await clock.advance(50);
  }
  return clock.now() - began;
};
