/** Rules that look at one slot alone. Thresholds are ours (reference of the fleet, section 3.1). */
import { statusBits } from "../slot-status.ts";
import { dayMillis } from "../vee-input.ts";
import { slotRule } from "./rule.ts";

const { powerFail, clockForward, clockBackward, clockError, clockDoubted, partialInterval, longInterval } = statusBits;
const { overflow, testMode, notCurrent, other, doubted, clockSet, length } = statusBits;

export const meterStatus = slotRule({
  number: 2,
  name: "meter-status",
  verdicts: ["suspect"],
  settings: {
    powerFail: { default: true, text: "doubt slots in which power failed" },
    clockSet: { default: true, text: "doubt slots in which the clock was set or wrong" },
    partial: { default: true, text: "doubt slots that were shorter or longer than usual" },
    other: {
      default: true,
      text: "doubt slots that overflowed, are of test mode, have an old value, or were doubted when they were read",
    },
  },
  sentence:
    "The meter noted that power failed, that its clock was set or wrong, that the slot was shorter or longer than usual, overflowed or is not current, or the value was doubted when it was read: the slot is suspect.",
  looksAhead: 0,
  judge: ({ series }, slot, settings) => {
    const status = series.status[slot] ?? 0;
    if (status === 0 || (series.values[slot] ?? null) === null) return null;
    const asked =
      (settings.powerFail ? powerFail : 0) |
      (settings.clockSet ? clockForward | clockBackward | clockError | clockDoubted | clockSet : 0) |
      (settings.partial ? partialInterval | longInterval | length : 0) |
      (settings.other ? overflow | testMode | notCurrent | other | doubted : 0);
    return (status & asked) === 0 ? null : { verdict: "suspect", detail: { status: status & asked } };
  },
});

export const clockOffset = slotRule({
  number: 3,
  name: "clock-offset",
  verdicts: ["suspect", "refuse"],
  settings: {
    suspectFraction: { default: 1 / 20, unit: "of a slot", least: 0, most: 1, text: "beyond this a slot is suspect" },
    refuseFraction: { default: 1, unit: "of a slot", least: 0, most: 10, text: "beyond this a slot is refused" },
  },
  sentence:
    "When the slot was read, the meter's clock was off by more than a twentieth of a slot: the slot is suspect; by more than a slot: it is refused. The first read after the slot and within a day counts.",
  looksAhead: dayMillis,
  judge: (view, slot, { suspectFraction, refuseFraction }) => {
    const { series } = view;
    if ((series.values[slot] ?? null) === null) return null;
    const offset = view.clockOffset(slot);
    if (offset === null) return null;
    const off = Math.abs(offset);
    const detail = { offset_ms: offset };
    if (off > refuseFraction * series.step) return { verdict: "refuse", detail };
    return off > suspectFraction * series.step ? { verdict: "suspect", detail } : null;
  },
});

export const beyondFuse = slotRule({
  number: 5,
  name: "beyond-fuse",
  verdicts: ["refuse"],
  settings: {
    factor: { default: 1.1, unit: "times the fuse", least: 1, most: 10, text: "beyond this a slot is refused" },
    fallbackAmps: { default: 250, unit: "A", least: 1, most: 10_000, text: "the fuse where it is not known" },
  },
  sentence:
    "The slot has more energy than 1.1 times what the fuse lets through (√3·U·I·t, or U·I·t with one phase), or less than none: it is refused.",
  looksAhead: 0,
  judge: ({ series, fuseUnits }, slot, { factor, fallbackAmps }) => {
    const value = series.values[slot] ?? null;
    if (value === null) return null;
    const limit = factor * fuseUnits(fallbackAmps);
    return value > limit || value < 0 ? { verdict: "refuse", detail: { value, limit: Math.floor(limit) } } : null;
  },
});
