import type { MepWords } from "./vocabulary.ts";

export const en: MepWords = {
  title: "Examination of a meter link",
  healthy: "The link is healthy.",
  usable: "Values can be read nonetheless.",
  unusable: "Values cannot be read reliably until this is fixed.",
  cause: "Cause",
  remedy: "What to do",
  layers: "Layer by layer",
  brokenTitle: "Where replies broke off",
  brokenLine: "{from} to {to} bytes: {count} times",
  unknownMeter: "the meter did not say what it is",
  noSecrets: "This page contains no keys, serial numbers or addresses.",
  checks: {
    open: "Device or bridge",
    bytes: "Any bytes",
    echo: "Echo",
    alerts: "Alerts",
    framing: "Frames",
    security: "Security",
    key: "Key",
    sequence: "Sequence numbers",
    line: "Line",
    "long-replies": "Long replies",
    access: "Tables",
    clock: "Meter's clock",
  },
  findings: {
    opened: "opened in {millis} ms",
    "not-opened": "{detail}",
    "hung-up": "the other side hung up",
    "bytes-came": "{bytes} bytes received",
    "nothing-came": "no bytes received",
    "no-echo": "our own bytes do not come back",
    "echo-came": "our own bytes come back",
    "no-alerts": "none",
    "alerts-came": "{alerts} alerts, which the meter sends unasked",
    "frames-whole": "{frames} whole frames",
    "frames-broken": "{garbage} bytes outside frames, {frames} whole frames",
    "one-byte-only": "the same byte {byte} over and over",
    "other-baud": "the meter answers at {baud} baud",
    "speaks-rc4": "the port speaks RC4",
    "speaks-tls": "the port speaks TLS",
    "wants-tls": "the port speaks TLS only",
    "lacks-tls": "the port does not speak TLS",
    "tls-failed": "the handshake fails: {detail}",
    "key-accepted": "accepted ({level})",
    "key-refused": "the meter does not know this key; {readings} readings of it were tried",
    "key-in-other-form": "accepted, read as {form}",
    "key-missing": "no key given",
    "in-step": "in step",
    "numbers-taken": "{times} signs of another client using our numbers",
    graded:
      "grade {grade}: {loss} % of {probes} requests had to be repeated ({requests} requests lost, {replies} replies lost, {noise} damaged); {median} ms a round trip, {slowest} ms at most",
    "went-silent": "silent for {seconds} s during the examination",
    "long-whole": "all {reads} arrived whole, {bytes} bytes each",
    "long-cut": "{cut} of {reads} did not arrive whole, typically cut off after {at} bytes",
    "long-lost": "{cut} of {reads} did not arrive at all",
    "long-unknown": "this key may read no long table of the meter",
    readable: "all {tables} requested tables may be read",
    refused: "refused: {tables}",
    "clock-right": "right to within {seconds} s",
    "clock-wrong": "off by {seconds} s",
    "clock-unknown": "the meter does not give its time",
    "not-examined": "not reached",
  },
  forms: {
    ascii: "ASCII characters",
    hex: "hex digits",
    "hex-of-hex": "hex digits that spell hex digits",
    base64: "base64",
    "upper-case": "ASCII characters in upper case",
    "lower-case": "ASCII characters in lower case",
    "reversed-hex": "hex digits from the last byte to the first",
    "last-16-characters": "its last 16 characters",
  },
  sicknesses: {
    "no-device": {
      name: "The device was not found",
      cause: "The adapter is not plugged in, or has a different name from the one in the link.",
      remedies: [
        "Plug the adapter in, and find its name with `meterport ports`.",
        "Name it by its USB numbers in the link, so that it is found under any name.",
      ],
    },
    "no-permission": {
      name: "You may not open the device",
      cause: "On Linux, serial ports belong to a group, often dialout, and you are not a member.",
      remedies: ["Run `sudo usermod -aG dialout $USER`, and log in again."],
    },
    "device-busy": {
      name: "Another program has the device",
      cause: "A serial port serves one program at a time.",
      remedies: [
        "Close the other program: a gateway that is already running, a terminal program, a modem manager.",
        "On Linux, `fuser DEVICE` names it.",
      ],
    },
    "unsuitable-device": {
      name: "The device is not a serial port, or refuses the settings",
      cause: "The name belongs to something else, or the adapter does not support this baud rate.",
      remedies: ["Check the name with `meterport ports`.", "Omit the baud rate: meters start at 9600."],
    },
    "bridge-refuses": {
      name: "The bridge is there, but nothing listens",
      cause: "The host answers, but not on this port.",
      remedies: ["Check the port number in the bridge's own settings.", "Start the bridge's serial server."],
    },
    "bridge-unreachable": {
      name: "The bridge cannot be reached",
      cause: "No such host answers on the network.",
      remedies: [
        "Check the name or address, and that the bridge is powered and on the network.",
        "Check the firewalls in between.",
      ],
    },
    "cannot-open": {
      name: "The link cannot be opened",
      cause: "The system gave the reason; see the first layer.",
      remedies: ["Fix what the system reports, and try again."],
    },
    "hangs-up": {
      name: "The other side hangs up",
      cause:
        "The connection opens and then closes. Most bridges serve one client at a time; an adapter that resets drops out.",
      remedies: [
        "Close the other client of the bridge.",
        "Give the adapter or bridge enough power, and check its own log.",
      ],
    },
    silent: {
      name: "The meter says nothing",
      cause:
        "No byte came. Utilities keep the port off until a customer asks for it; or the meter does not hear us, or its port's enable line has no power.",
      remedies: [
        "Ask the utility whether the MEP port is enabled, or enable it in their portal.",
        "Check that transmit and receive are not swapped, and that ground is connected.",
        "Measure the enable line: the meter needs at least 8 to 9 V on it.",
        "Check the speed on both sides: meters start at 9600 baud, and a bridge has its own setting.",
        "If a reading head sits on the meter's optical port, remove it and wait a few minutes.",
      ],
    },
    deaf: {
      name: "The meter talks, but does not hear us",
      cause:
        "Its alerts arrive, but our requests do not reach it: our transmit line, its level shifter or the enable line is faulty.",
      remedies: [
        "Check the wire from our transmit to the meter's receive.",
        "Check the level shifter: three wires without a shifter are not enough.",
        "Check the enable line.",
      ],
    },
    echo: {
      name: "Our own bytes come back",
      cause: "Transmit and receive are joined, or a level shifter couples them.",
      remedies: [
        "Look for a short between the two lines.",
        "Replace the level shifter: counterfeit MAX3232 chips do this.",
        "Switch off the echo of the bridge, if it has one.",
      ],
    },
    stuck: {
      name: "The receive line is stuck",
      cause: "The same byte comes over and over: the line's level does not change as it should.",
      remedies: [
        "Check that receive is connected to the meter and not to ground or supply.",
        "Check whether the level is inverted: some adapters need it inverted.",
      ],
    },
    "wrong-baud": {
      name: "The meter uses another speed",
      cause: "The port's baud rate was changed; the layer of the frames shows the rate at which the meter answers.",
      remedies: ["Put `?baud=` with that rate into the link."],
    },
    noise: {
      name: "The line is noisy",
      cause: "Bytes arrive damaged: a bad level shifter, a long or unshielded cable, or a failing supply.",
      remedies: [
        "Shorten the cable, and keep it away from mains.",
        "Replace the level shifter: counterfeit MAX3232 chips send bursts of garbage.",
        "Check the ground between meter and adapter.",
      ],
    },
    sag: {
      name: "Replies break off",
      cause:
        "Short replies arrive, but longer ones end early: the supply or the enable line sags while the meter sends.",
      remedies: [
        "Give the enable line its own, stronger supply; the port gives 1 W at most.",
        "Add a capacitor of 470 to 1000 µF at the adapter, or power it by USB.",
        "See where replies broke off: if always near the same length, it is certainly the supply.",
      ],
    },
    "slow-bridge": {
      name: "The bridge is slow",
      cause: "Answers come, but later than from a meter on a cable.",
      remedies: [
        "Put `?delay=` with the bridge's delay into the link, as in delay=500ms; add `gap=1s` if it pauses inside a reply.",
        "Switch off what makes the bridge wait: packet timers, Nagle's algorithm, its radio's power saving.",
      ],
    },
    "no-key": {
      name: "A key is needed",
      cause: "The meter answers, but reveals nothing without a key.",
      remedies: ["Ask the utility for the MEP basic key (MBK) of this meter, and provide it with --key."],
    },
    "wrong-key": {
      name: "The key is wrong",
      cause: "The meter answers, but does not accept this key in any form in which its text can be read.",
      remedies: [
        "Compare it with what the utility sent, character by character.",
        "Check that it is the key of this meter: each has its own.",
        "A key for the optical port is a different one, and does not open the MEP port.",
      ],
    },
    "key-form": {
      name: "The key is right in another form",
      cause: "The text of the key can be read in several ways; the meter accepts a different one from the one assumed.",
      remedies: ["Write the key in the form shown at the key's layer, with ascii: or hex: in front."],
    },
    "tls-required": {
      name: "The port requires TLS",
      cause: "It refuses RC4, which meters with firmware 4.0 or later can be set to do.",
      remedies: ["Use --security tls, or auto, which detects it."],
    },
    "no-tls": {
      name: "The port does not speak TLS",
      cause: "Meters before firmware 4.0 do not have it, and later ones may have it switched off.",
      remedies: ["Use --security rc4, or auto, which detects it."],
    },
    "tls-fails": {
      name: "The TLS handshake fails",
      cause: "The port speaks TLS, but the handshake fails for another reason than the key.",
      remedies: [
        "Check the line: a handshake has long messages, which suffer first.",
        "Record it with --record and attach the file to a report.",
      ],
    },
    "other-client": {
      name: "Another client reads the same meter",
      cause:
        "Our sequence numbers are taken, or answers to requests that are not ours arrive: a second program uses the port.",
      remedies: [
        "Let one program talk to the meter, and let others use its output.",
        "Look for an old firmware or a second gateway on the same bridge.",
      ],
    },
    paused: {
      name: "The meter falls silent for a while",
      cause:
        "It worked, fell silent, and came back or may do so: on meters before firmware 4.0 an optical reading head takes over the line; or the meter restarted.",
      remedies: [
        "Wait: after an optical session the port comes back, within ten minutes at most.",
        "If it happens often, find out who reads the meter optically, and check the meter's own supply.",
      ],
    },
    "loses-requests": {
      name: "Requests get lost on their way to the meter",
      cause: "The meter answers what it receives, but some of our requests do not reach it.",
      remedies: [
        "Check the transmit line, its level shifter and the enable line.",
        "On a bridge, check its radio link.",
      ],
    },
    "loses-replies": {
      name: "Replies get lost on their way back",
      cause: "The meter executes our requests, as its sequence numbers show, but some of its replies do not arrive.",
      remedies: [
        "Check the receive line and its level shifter.",
        "Check the supply: the meter's transmitter is fed from the port.",
        "On a bridge, check its radio link and its buffers.",
      ],
    },
    locked: {
      name: "This key may not read the values",
      cause:
        "The key is accepted, but the tables with the values are refused: its rights are insufficient, or a hardware lock is set.",
      remedies: ["Ask the utility which tables the key may read, or ask for a key with more rights."],
    },
    "clock-off": {
      name: "The meter's clock is wrong",
      cause: "The link is fine, but the meter's time differs from this machine's.",
      remedies: [
        "Check this machine's clock first.",
        "Tell the utility: load profile and tariffs follow the meter's clock.",
      ],
    },
  },
};
