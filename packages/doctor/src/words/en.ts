import type { MepWords } from "./vocabulary.ts";

export const en: MepWords = {
  title: "Examination of a meter link",
  healthy: "The link is healthy.",
  usable: "Values can be read all the same.",
  unusable: "Values cannot be read reliably until this is mended.",
  cause: "Cause",
  remedy: "What to do",
  layers: "Layer by layer",
  brokenTitle: "Where replies broke off",
  brokenLine: "{from} to {to} bytes: {count} times",
  unknownMeter: "the meter did not say what it is",
  noSecrets: "Keys, serial numbers and addresses are not in this page.",
  checks: {
    open: "Device or bridge",
    bytes: "Bytes at all",
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
    "bytes-came": "{bytes} bytes came in",
    "nothing-came": "not one byte came in",
    "no-echo": "our own bytes do not come back",
    "echo-came": "our own bytes come back",
    "no-alerts": "none",
    "alerts-came": "{alerts} alerts: the meter talks of its own accord",
    "frames-whole": "{frames} whole frames",
    "frames-broken": "{garbage} bytes that make no frame, {frames} whole frames",
    "one-byte-only": "the same byte {byte} over and over",
    "other-baud": "the meter answers at {baud} baud",
    "speaks-rc4": "the port speaks RC4",
    "speaks-tls": "the port speaks TLS",
    "wants-tls": "the port speaks TLS only",
    "lacks-tls": "the port does not speak TLS",
    "tls-failed": "the handshake fails: {detail}",
    "key-accepted": "accepted ({level})",
    "key-refused": "the meter knows no such key; {readings} ways to read it were tried",
    "key-in-other-form": "accepted, read as {form}",
    "key-missing": "none was given",
    "in-step": "in step",
    "numbers-taken": "{times} signs of somebody else who takes our numbers",
    graded:
      "grade {grade}: {loss} % of {probes} requests had to be repeated ({requests} requests lost, {replies} replies lost, {noise} damaged); {median} ms a round trip, {slowest} ms at most",
    "went-silent": "silent for {seconds} s in the middle of it",
    "long-whole": "all {reads} arrived whole, {bytes} bytes each",
    "long-cut": "{cut} of {reads} did not arrive whole, typically broken off after {at} bytes",
    "long-lost": "{cut} of {reads} did not arrive at all",
    "long-unknown": "the meter has no long table for this key",
    readable: "all {tables} that were asked for may be read",
    refused: "refused: {tables}",
    "clock-right": "right to {seconds} s",
    "clock-wrong": "off by {seconds} s",
    "clock-unknown": "the meter does not tell",
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
      name: "There is no such device",
      cause: "The adapter is not plugged in, or has another name than the link says.",
      remedies: [
        "Plug the adapter in, and look with `meterport ports` what it is called.",
        "Name it by its USB numbers in the link, so that it is found under any name.",
      ],
    },
    "no-permission": {
      name: "You may not open the device",
      cause: "On Linux serial ports belong to a group, often dialout, which you are not in.",
      remedies: ["Run `sudo usermod -aG dialout $USER`, and log in again."],
    },
    "device-busy": {
      name: "Another program has the device",
      cause: "A serial port serves one program at a time.",
      remedies: [
        "End the other program: a gateway that runs already, a terminal program, a modem manager.",
        "On Linux `fuser DEVICE` names it.",
      ],
    },
    "unsuitable-device": {
      name: "The device is no serial port, or refuses the settings",
      cause: "The name belongs to something else, or the adapter does not know this baud rate.",
      remedies: ["Check the name with `meterport ports`.", "Leave out the baud rate: meters begin at 9600."],
    },
    "bridge-refuses": {
      name: "The bridge is there, and nothing listens",
      cause: "The host answers, but not at this port.",
      remedies: ["Check the port number in the bridge's own settings.", "Start the bridge's serial server."],
    },
    "bridge-unreachable": {
      name: "The bridge cannot be reached",
      cause: "No such host answers on the network.",
      remedies: [
        "Check the name or address, and that the bridge has power and is on the network.",
        "Check firewalls in between.",
      ],
    },
    "cannot-open": {
      name: "The link cannot be opened",
      cause: "The system said why; it stands at the first layer.",
      remedies: ["Mend what the system complains of, and try again."],
    },
    "hangs-up": {
      name: "The other side hangs up",
      cause:
        "The connection opens and ends again. Most bridges serve one client at a time; an adapter that resets drops out.",
      remedies: [
        "End the other client of the bridge.",
        "Give the adapter or bridge enough power, and look at its own log.",
      ],
    },
    silent: {
      name: "The meter says nothing",
      cause:
        "Not one byte came. Utilities switch the port off until somebody asks for it; or the meter does not hear us, or has no power on its port's enable line.",
      remedies: [
        "Ask the utility whether the MEP port is enabled, or enable it in their portal.",
        "Check that transmit and receive are not swapped, and that ground is connected.",
        "Measure the enable line: the meter wants 8 to 9 V or more on it.",
        "Check the speed on both sides: meters begin at 9600 baud, and a bridge has a setting of its own.",
        "If a reading head sits on the meter's optical port, take it off and wait some minutes.",
      ],
    },
    deaf: {
      name: "The meter talks, but does not hear us",
      cause:
        "Its alerts arrive, and our requests do not: our transmit line, its level shifter or the enable line fails.",
      remedies: [
        "Check the wire from our transmit to the meter's receive.",
        "Check the level shifter: three wires and no shifter are not enough.",
        "Check the enable line.",
      ],
    },
    echo: {
      name: "Our own bytes come back",
      cause: "Transmit and receive touch each other, or a level shifter couples them.",
      remedies: [
        "Look for a bridge between the two lines.",
        "Replace the level shifter: false MAX3232 chips do this.",
        "Switch off the echo of the bridge, if it has one.",
      ],
    },
    stuck: {
      name: "The receive line is stuck",
      cause: "The same byte comes over and over: the line's level does not move as it should.",
      remedies: [
        "Check that receive is connected to the meter and not to ground or supply.",
        "Check whether the level is inverted: some adapters need it the other way round.",
      ],
    },
    "wrong-baud": {
      name: "The meter uses another speed",
      cause: "Somebody changed the port's baud rate; the rate that it answers at stands at the frames.",
      remedies: ["Put `?baud=` with that rate into the link."],
    },
    noise: {
      name: "The line is noisy",
      cause: "Bytes arrive damaged: a bad level shifter, a long or unshielded cable, or a failing supply.",
      remedies: [
        "Shorten the cable, and keep it away from mains.",
        "Replace the level shifter: false MAX3232 chips send bursts of rubbish.",
        "Check ground between meter and adapter.",
      ],
    },
    sag: {
      name: "Replies break off",
      cause: "Short replies pass and longer ones end early: the supply or the enable line sags while the meter sends.",
      remedies: [
        "Give the enable line its own, stronger supply; the port gives 1 W at most.",
        "Add a capacitor of 470 to 1000 µF at the adapter, or power it by USB.",
        "See where replies broke off: always near the same length, the supply is certain.",
      ],
    },
    "slow-bridge": {
      name: "The bridge is slow",
      cause: "Answers come, but later than a meter on a cable gives them.",
      remedies: [
        "Put `?delay=` with the bridge's delay into the link, as in delay=500ms; `gap=1s` where it waits inside a reply.",
        "Switch off what makes the bridge wait: packet timers, Nagle's algorithm, power saving of its radio.",
      ],
    },
    "no-key": {
      name: "A key is needed",
      cause: "The meter answers, and says nothing to somebody without a key.",
      remedies: ["Ask the utility for the MEP basic key (MBK) of this meter, and give it with --key."],
    },
    "wrong-key": {
      name: "The key does not fit",
      cause: "The meter answers, and knows no key like this one in any form in which it can be read.",
      remedies: [
        "Compare it with what the utility sent, character by character.",
        "Check that it is the key of this meter: each has its own.",
        "A key for the optical port is another one, and does not open the MEP port.",
      ],
    },
    "key-form": {
      name: "The key fits in another form",
      cause: "The text of the key can be read in several ways; the meter accepts another one than it was taken for.",
      remedies: ["Write the key in the form that stands at the key's layer, with ascii: or hex: in front."],
    },
    "tls-required": {
      name: "The port wants TLS",
      cause: "It refuses RC4, as meters from firmware 4.0 on may be told to.",
      remedies: ["Use --security tls, or auto, which finds out by itself."],
    },
    "no-tls": {
      name: "The port does not speak TLS",
      cause: "Meters before firmware 4.0 have none, and later ones may have it switched off.",
      remedies: ["Use --security rc4, or auto, which finds out by itself."],
    },
    "tls-fails": {
      name: "The TLS handshake fails",
      cause: "The port speaks TLS, and the handshake breaks for another reason than the key.",
      remedies: [
        "Examine the line: a handshake has long messages, which suffer first.",
        "Record it with --record and add the file to a report.",
      ],
    },
    "other-client": {
      name: "Somebody else asks the same meter",
      cause:
        "Sequence numbers of ours are taken, or answers come that we did not ask for: a second program uses the port.",
      remedies: [
        "Let one program talk to the meter, and others to its output.",
        "Look for an old firmware or a second gateway on the same bridge.",
      ],
    },
    paused: {
      name: "The meter falls silent for a while",
      cause:
        "It worked, said nothing, and came back or may do so: on meters before firmware 4.0 an optical reading head takes the line; or the meter started anew.",
      remedies: [
        "Wait: after an optical session the port returns, within ten minutes at most.",
        "If it happens often, look who reads the meter optically, and at the meter's own supply.",
      ],
    },
    "loses-requests": {
      name: "Requests get lost on their way to the meter",
      cause: "What the meter hears it answers; a part of what we send does not reach it.",
      remedies: [
        "Check the transmit line, its level shifter and the enable line.",
        "On a bridge, check its radio link.",
      ],
    },
    "loses-replies": {
      name: "Replies get lost on their way back",
      cause:
        "The meter executes our requests, as its sequence numbers show, and a part of its replies does not arrive.",
      remedies: [
        "Check the receive line and its level shifter.",
        "Check the supply: the meter sends with what the port feeds.",
        "On a bridge, check its radio link and its buffers.",
      ],
    },
    locked: {
      name: "The meter keeps the readings from this key",
      cause:
        "The key is accepted, and the tables with the values are refused: its rights are too small, or a hardware lock is set.",
      remedies: ["Ask the utility which tables the key may read, or for one with more rights."],
    },
    "clock-off": {
      name: "The meter's clock is wrong",
      cause: "The link is well; the meter's time differs from this machine's.",
      remedies: [
        "Check this machine's clock first.",
        "Tell the utility: load profile and tariffs follow the meter's clock.",
      ],
    },
  },
};
