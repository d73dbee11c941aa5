/** JSON whose numbers have a fixed number of decimals: some batteries do not read a number without a decimal point. */

/** A number with so many decimals. */
export interface Decimal {
  readonly decimal: number;
  readonly digits: number;
}

export type DecimalJson =
  | null
  | boolean
  | number
  | string
  | Decimal
  | readonly DecimalJson[]
  | { readonly [key: string]: DecimalJson };

/** Null stays null. */
export const decimal = (value: number | null, digits: number): Decimal | null =>
  value === null ? null : { decimal: value, digits };

const isDecimal = (value: object): value is Decimal => "decimal" in value && "digits" in value;

/**
 * @example
 * decimalJson({ id: 0, a_act_power: decimal(1488, 1) }) // '{"id":0,"a_act_power":1488.0}'
 */
export const decimalJson = (value: DecimalJson): string => {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(decimalJson).join(",")}]`;
  // "-0.0" is a number too, but nobody means it.
  if (isDecimal(value)) return (value.decimal as number).toFixed(value.digits as number).replace(/^-(0\.0*)$/, "$1");
  const parts = Object.entries(value as Readonly<Record<string, DecimalJson>>).map(
    ([key, part]) => `${JSON.stringify(key)}:${decimalJson(part)}`,
  );
  return `{${parts.join(",")}}`;
};
