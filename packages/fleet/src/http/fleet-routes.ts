/** All routes of a fleet, for the companion of a process with the role `api`. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Points } from "@meterport/gateway/http/give";
import { addAudit } from "./audit/add-audit.ts";
import { addCampaigns } from "./campaigns/add-campaigns.ts";
import { addCompleteness } from "./completeness/add-completeness.ts";
import { addExports } from "./exports/add-exports.ts";
import { addFleetApp } from "./fleet-app.ts";
import { addIntake } from "./intake/add-intake.ts";
import { addLists } from "./lists/add-lists.ts";
import { addPassing } from "./passing/add-passing.ts";
import { addVee } from "./vee/add-vee.ts";
import type { FleetWorld } from "./world.ts";

/** @param points those that this process reads itself: requests for all others are passed on to their holders */
export const addFleetRoutes = (app: OpenAPIHono, world: FleetWorld, points: Points): void =>
  addFleetApp(app, (own) => {
    addLists(own, world);
    addCompleteness(own, world);
    addCampaigns(own, world);
    addVee(own, world);
    addExports(own, world);
    addAudit(own, world);
    addIntake(own, world);
    addPassing(own, world, points);
  });
