/** Parts that the descriptions of several routes share. */
import { z } from "@hono/zod-openapi";
import * as schema from "./schemas.ts";

export const answer = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { "application/json": { schema } },
});
export const problem = (description: string) => answer(schema.apiProblem, description);
export const params = z.object({ id: z.string().openapi({ description: "The meter's id", example: "home" }) });
export const notFound = problem("No such meter");
