/** The tables that carry calls of procedures and their results. */

/** The field of each table that a procedure's own layout describes (MEP guide 1.1, pp. 58-59). */
export const procedureCarriers: Readonly<Record<string, readonly [field: string, layout: "request" | "response"]>> = {
  BT07: ["parameters", "request"],
  BT08: ["data", "response"],
  ET59: ["data", "response"],
  ET85: ["data", "response"],
};
