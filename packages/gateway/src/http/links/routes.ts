/** How the API describes what could be a link on this machine. */
import { createRoute, z } from "@hono/zod-openapi";
import type { LinksAnswer } from "../api.ts";
import { query } from "../query/params.ts";
import { answer, problem, wrongParameter } from "../route-parts.ts";

const port = z.object({
  link: z.string().openapi({ description: "The link to use, which finds the same adapter under any path" }),
  path: z.string(),
  vendor: z.string().nullable().openapi({ description: "USB vendor, four hex digits; null if it is not on USB" }),
  product: z.string().nullable(),
  serial: z.string().nullable(),
  maker: z.string().nullable().openapi({ description: "The adapter's own name for its maker" }),
  name: z.string().nullable().openapi({ description: "The adapter's own name for itself" }),
  used_by: z.string().nullable().openapi({ description: "The point that uses it; null if none does" }),
});

export const linksAnswer = z
  .object({
    ports: z.array(port).openapi({ description: "Serial ports, USB adapters first" }),
    problem: z.string().nullable().openapi({ description: "Why the system lists no ports; null if it does" }),
    simulated: z.string().nullable().openapi({
      description: "The point of the simulated household, which is read while no point is configured; null otherwise",
    }),
  })
  .openapi("LinksAnswer") satisfies z.ZodType<LinksAnswer>;

export const linksRoute = createRoute({
  method: "get",
  path: "/api/v1/links",
  summary: "What could be a link to a meter on this machine",
  description:
    "Its serial ports. A bridge in the network is not searched for: try its link with `POST /api/v1/link/test`. Needs the scope `admin`.",
  tags: ["points"],
  request: { query: query({}) },
  responses: {
    200: answer(linksAnswer, "Ports, and who uses them", {
      ports: [
        {
          link: "usb://0403:6001:A50285BI",
          path: "/dev/ttyUSB0",
          vendor: "0403",
          product: "6001",
          serial: "A50285BI",
          maker: "FTDI",
          name: "FT232R USB UART",
          used_by: "home",
        },
      ],
      problem: null,
      simulated: null,
    }),
    400: wrongParameter,
    503: problem("Links cannot be listed here", "not-available"),
  },
});
