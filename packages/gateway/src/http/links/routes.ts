/** How the API describes what could be a link on this machine. */
import { createRoute, z } from "@hono/zod-openapi";
import type { FoundLinksAnswer, LinksAnswer } from "../api.ts";
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
    "Its serial ports. `GET /api/v1/links/found` searches for bridges in the network. Needs the scope `admin`.",
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

const bridge = z.object({
  link: z.string().openapi({ description: "The link to try with `POST /api/v1/link/test`" }),
  name: z.string().openapi({ description: "What it calls itself" }),
  address: z.string(),
  port: z.number().int(),
  kind: z.enum(["esphome", "telnet", "stream"]),
  guessed: z.boolean().openapi({ description: "Whether the port is only the usual one: the bridge does not say it" }),
  used_by: z.string().nullable().openapi({ description: "The point that uses it; null if none does" }),
});

export const foundLinksAnswer = z
  .object({
    bridges: z.array(bridge).openapi({ description: "By name; what they say of themselves is not checked" }),
    problem: z.string().nullable().openapi({ description: "Why the network could not be searched; null if it was" }),
  })
  .openapi("FoundLinksAnswer") satisfies z.ZodType<FoundLinksAnswer>;

export const foundLinksRoute = createRoute({
  method: "get",
  path: "/api/v1/links/found",
  summary: "Bridges in the local network that answer to mDNS",
  description:
    "Asks the network when it is called, and answers after about three seconds. Finds ESPHome devices and serial servers that announce themselves; many bridges do not. Needs the scope `admin`.",
  tags: ["points"],
  request: { query: query({}) },
  responses: {
    200: answer(foundLinksAnswer, "What answered", {
      bridges: [
        {
          link: "tcp://192.168.1.20:6638",
          name: "meter-cellar",
          address: "192.168.1.20",
          port: 6638,
          kind: "esphome",
          guessed: true,
          used_by: null,
        },
      ],
      problem: null,
    }),
    400: wrongParameter,
    503: problem("The network cannot be searched from here", "not-available"),
  },
});
