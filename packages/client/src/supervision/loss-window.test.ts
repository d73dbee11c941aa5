import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LossWindow } from "./loss-window.ts";

const minute = 60_000;

test("property: the share is that of the last minute, or of the newest thirty transmissions of an hour", () => {
  const looks = fc.array(
    fc.record({
      after: fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.constantFrom(minute, 59 * minute, 61 * minute)),
      transmissions: fc.integer({ min: 0, max: 9 }),
      repeated: fc.integer({ min: 0, max: 9 }),
    }),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(looks, (all) => {
      const window = new LossWindow();
      let kept: { readonly at: number; readonly sent: number; readonly again: number }[] = [];
      let now = 0;
      for (const { after, transmissions, repeated } of all) {
        now += after;
        const again = Math.min(transmissions, repeated);
        window.add({ transmissions, repeated: again, alerts: 0, symptoms: new Map() }, now);
        if (transmissions > 0) kept.push({ at: now, sent: transmissions, again });
        const newer = (index: number): number => kept.slice(index + 1).reduce((sum, { sent }) => sum + sent, 0);
        const stays = ({ at }: { readonly at: number }, index: number): boolean =>
          now - at <= (newer(index) < 30 ? 60 * minute : minute);
        const first = kept.findIndex(stays);
        kept = first < 0 ? [] : kept.slice(first);
        const sent = kept.reduce((sum, each) => sum + each.sent, 0);
        const more = kept.reduce((sum, each) => sum + each.again, 0);
        assert.equal(window.repeated, sent === 0 ? 0 : more / sent);
      }
    }),
  );
});
