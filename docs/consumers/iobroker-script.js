// A state for each value of a meter. For the adapter "Script Engine" of ioBroker.
const meter = "home";
const from = `mqtt.0.meterport.meter.${meter}`;
const to = `0_userdata.0.meterport.${meter}`;

const units = {
  _w: "W",
  _v: "V",
  _a: "A",
  _hz: "Hz",
  _var: "var",
  _va: "VA",
  _kwh: "kWh",
  _kvarh: "kvarh",
};
const unitOf = (key) => units[key.slice(key.lastIndexOf("_"))] ?? "";

/** The adapter gives JSON as text, or as an object if it has recognised it. */
const parsed = (value) => {
  if (typeof value !== "string") return value ?? {};
  try {
    return JSON.parse(value);
  } catch {
    return {};
  }
};

const made = new Set();
const write = (key, value, type, unit) => {
  const id = `${to}.${key}`;
  // 0x42: there is no connection to the device.
  const state = { val: value, ack: true, q: value === null ? 0x42 : 0 };
  if (made.has(id)) {
    setState(id, state);
    return;
  }
  made.add(id);
  createState(id, value, false, { name: key, type, role: "value", unit, read: true, write: false }, () =>
    setState(id, state),
  );
};

for (const topic of ["live", "energy"])
  on({ id: `${from}.${topic}`, change: "any" }, ({ state }) => {
    for (const [key, value] of Object.entries(parsed(state.val)))
      if (value === null || typeof value === "number") write(key, value, "number", unitOf(key));
  });

on({ id: `${from}.availability`, change: "any" }, ({ state }) =>
  write("online", parsed(state.val).state === "online", "boolean", ""),
);
