/** Registers as lines, with a column for each tier. */
import type { DemandValue, RegisterBlock, Registers, RegisterValue } from "@meterport/client/readers/snapshot";
import { type Unit, units } from "@meterport/protocol/meaning/units";
import { plainMoment } from "./moment.ts";
import type { Paint } from "./paint.ts";
import { alignedTable, type Row } from "./table.ts";

/** The value in its unit, or the raw integer. */
export const amountOf = ({ value, raw }: RegisterValue): string => (value === null ? `raw ${raw}` : String(value));
export const unitText = (unit: Unit | null): string => (unit === null ? "" : units[unit].symbol);

const isIdle = ({ registers, demands }: RegisterBlock): boolean =>
  registers.every(({ raw }) => raw === 0) && demands.every(({ raw }) => raw === 0);

const demandText = ({ unit, at, doubts }: DemandValue): string =>
  [unitText(unit), ...(at === null ? [] : [`at ${plainMoment(at)}`]), ...doubts.map((doubt) => `${doubt}?`)]
    .filter((text) => text !== "")
    .join(" ");

/** One line for each requested register and demand, without tiers that counted nothing. */
export const registersText = (
  { total, tiers }: Registers,
  paint: Paint,
  options: { readonly tierName: (tier: number) => string; readonly wanted?: (register: RegisterValue) => boolean },
): string => {
  const { tierName, wanted = () => true } = options;
  const counted = tiers.flatMap((tier, index) => (isIdle(tier) ? [] : [{ tier, index }]));
  const head: Row = ["", "total", ...counted.map(({ index }) => tierName(index)), ""].map((text) => ({
    text,
    paint: (plain) => paint("dim", plain),
  }));
  const cyan = (text: string) => ({ text, paint: (plain: string) => paint("cyan", plain) });
  const registers = total.registers.flatMap((register, i): Row[] =>
    wanted(register)
      ? [
          [
            cyan(register.name),
            amountOf(register),
            ...counted.map(({ tier }) => amountOf(tier.registers[i] ?? register)),
            unitText(register.unit),
          ],
        ]
      : [],
  );
  const demands = total.demands.flatMap((demand, i): Row[] =>
    wanted(demand)
      ? [
          [
            cyan(`${demand.name}, ${demand.extreme}`),
            amountOf(demand),
            ...counted.map(({ tier }) => amountOf(tier.demands[i] ?? demand)),
            demandText(demand),
          ],
        ]
      : [],
  );
  const right = Array.from({ length: counted.length + 1 }, (_, i) => i + 1);
  return alignedTable([head, ...registers, ...demands], { indent: "  ", right, head: true, width: paint.width });
};
