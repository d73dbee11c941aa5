import { mount } from "svelte";
import "./app.css";
import "uplot/dist/uPlot.min.css";
import App from "./app.svelte";
import { Dashboard } from "./dashboard.svelte.ts";
import { gatewayApi } from "./gateway-api.ts";
import { meterInHash, preferences } from "./preferences.ts";
import { steadyClock } from "./steady-clock.ts";
import { Ui } from "./ui.svelte.ts";

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
