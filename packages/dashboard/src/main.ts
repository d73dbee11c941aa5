import { mount } from "svelte";
import "./app.css";
import "uplot/dist/uPlot.min.css";
import { Dashboard } from "./state/dashboard.svelte.ts";
import { gatewayApi } from "./state/gateway-api.ts";
import { meterInHash, preferences } from "./state/preferences.ts";
import { steadyClock } from "./state/steady-clock.ts";
import { Ui } from "./state/ui.svelte.ts";
import App from "./views/app.svelte";

const target = document.getElementById("app");
if (target === null) throw new Error("The page has no element with the id app.");

const ui = new Ui(
  preferences(() => window.localStorage),
  navigator.languages,
);
const dashboard = new Dashboard(
  {
    api: gatewayApi(document.baseURI, window.fetch.bind(window), Date.now),
    clock: steadyClock(() => performance.now(), Date.now),
    after: (ms, run) => {
      const handle = window.setTimeout(run, ms);
      return () => window.clearTimeout(handle);
    },
    openEvents: (url) => new EventSource(url),
  },
  meterInHash(window.location.hash),
);

mount(App, { target, props: { ui, dashboard } });
