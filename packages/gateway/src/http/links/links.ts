/** `/api/v1/links`: what could be a link to a meter on this machine. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { LinkError, UsageError } from "@meterport/protocol/errors";
import type { FoundBridge } from "../../meters/found-bridges.ts";
import { refuse } from "../answers.ts";
import { give, type Points } from "../give.ts";
import { foundLinksAnswer, foundLinksRoute, linksAnswer, linksRoute } from "./routes.ts";

/** A serial port of the machine. */
export interface MachinePort {
  readonly path: string;
  readonly link: string;
  readonly vendor: string | null;
  readonly product: string | null;
  readonly serial: string | null;
  readonly maker: string | null;
  readonly name: string | null;
  /** Id of the point that uses it. */
  readonly usedBy: string | null;
}

export interface UsedBridge extends FoundBridge {
  /** Id of the point that uses it. */
  readonly usedBy: string | null;
}

export interface LinksOptions extends Pick<Points, "meters"> {
  /** @throws LinkError, UsageError if the system does not list them */
  readonly machinePorts?: (() => Promise<readonly MachinePort[]>) | undefined;
  /** Searches the network, in bounded time. @throws Error if the system refuses */
  readonly foundBridges?: (() => Promise<readonly UsedBridge[]>) | undefined;
}

const mostPorts = 200;

export const addLinks = (app: OpenAPIHono, { meters, machinePorts, foundBridges }: LinksOptions): void => {
  app.openapi(linksRoute, async (c) => {
    if (machinePorts === undefined) return refuse(c, 503, "not-available", "this gateway does not know its machine");
    const simulated = [...meters.values()].find((view) => view.summary().simulated)?.id ?? null;
    try {
      const found = await machinePorts();
      const ports = found.slice(0, mostPorts).map(({ usedBy, ...port }) => ({ ...port, used_by: usedBy }));
      return give(c, linksAnswer, { ports, problem: null, simulated });
    } catch (error) {
      if (!(error instanceof LinkError || error instanceof UsageError)) throw error;
      return give(c, linksAnswer, { ports: [], problem: error.message, simulated });
    }
  });

  app.openapi(foundLinksRoute, async (c) => {
    if (foundBridges === undefined) return refuse(c, 503, "not-available", "this gateway does not know its network");
    try {
      const bridges = (await foundBridges()).map(({ usedBy, ...bridge }) => ({ ...bridge, used_by: usedBy }));
      return give(c, foundLinksAnswer, { bridges, problem: null });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return give(c, foundLinksAnswer, { bridges: [], problem: `the network cannot be searched: ${why}` });
    }
  });
};
