import type { OpticalWords } from "./vocabulary.ts";

export const opticalEn: OpticalWords = {
  checks: {
    identification: "Identification",
    negotiation: "Packet size",
    logon: "Logon",
  },
  findings: {
    "other-supply": "the meter answers with {setting} in the link",
    "stray-bytes": "{bytes} bytes came before the first request",
    "foreign-words": "a meter that speaks {protocol} answers",
    identified: "C12.18, version {version}",
    "identified-late":
      "C12.18, version {version}; first came NAK ({nak} times), garbage ({rubbish}) or 0x00 instead of ACK ({zero}), as from meters and heads that are waking up: the request is repeated, and nothing needs to be done",
    woken: "the meter answers with {setting} in the link, but not without it",
    "packets-short":
      "{short} of {of} packets from the meter were shorter than announced; they were refused and came whole when repeated",
    negotiated: "{size} bytes per packet, {packets} packets per message",
    "logged-on": "the meter accepts it",
    "service-refused": "the meter refuses it with code {code}",
    "packets-graded":
      "grade {grade}: {loss} % of {packets} packets had to be repeated ({ours} of ours, {theirs} of the meter's), {failed} requests failed; {median} ms a round trip, {slowest} ms at most",
    "password-missing": "no key given; BT00, BT01 and ET03 need none",
    "password-accepted": "accepted, read as {form}; it is {level}",
    "password-refused-once": "refused, read as {form}; it was tried once, and in no other form",
    "password-unanswered": "the answer to it was lost; read as {form}, it was tried once, and not again",
    "read-only-rights": "all but {tables}, as for a read-only key: enough for values, not for the load profile",
    "open-tables-only": "only those that need no key",
  },
  sicknesses: {
    "no-light": {
      name: "No bytes come from the meter",
      cause:
        "The head does not see the meter, or the meter does not see the head: the head is off centre or turned, has no power, or the port is off or paused. It pauses for five minutes after a session that was too long, if the utility has set it so, and on some devices for eight seconds when the tariff changes.",
      remedies: [
        "Place the head on the window of the meter so that its magnet holds, cable down; then try it turned by a quarter each time.",
        "Wait five minutes with no program using the head, and try again.",
        "Check that the link names the head and not another adapter: `meterport ports`.",
        "If the head takes its power from RTS or DTR, put `dtr=on` or `enable=rts` into the link; docs/links.md lists all forms.",
        "Ask the utility whether the optical port is switched off.",
      ],
    },
    "own-light": {
      name: "The head sees only itself",
      cause:
        "Our own bytes come back, but no answer: the surface under the head reflects its light, or the head echoes and is not on the meter.",
      remedies: [
        "Place the head on the meter's window; on a table or in its box it sees itself.",
        "Turn it so that its two eyes face those of the meter.",
        "Clean the window and the head.",
      ],
    },
    "stray-light": {
      name: "The head sees light that is not from a meter",
      cause: "Bytes come without a request: sunlight, a lamp, or a head that is not on a meter.",
      remedies: [
        "Place the head flat on the meter's window.",
        "Shade it: flickering lamps are read as bytes.",
        "If it is flat and shaded, the head itself is broken, or the link leads to another device.",
      ],
    },
    "loose-head": {
      name: "The head sees the meter badly",
      cause:
        "Packets arrive damaged or not at all, and must be repeated: the head is slightly off centre, or light gets under it.",
      remedies: [
        "Move and turn the head until `meterport doctor` gives a better grade.",
        "Clean the window and the head, and shade it.",
        "Try a lower speed at both ends, or a shorter USB cable without a hub.",
      ],
    },
    "head-supply": {
      name: "The head has no power with this link",
      cause: "It takes its power from RTS or DTR, and works with the setting shown at the first layer.",
      remedies: ["Put that setting into the link, after a question mark or an ampersand."],
    },
    "head-sags": {
      name: "Long answers break off",
      cause:
        "Short packets arrive, but long ones do not arrive whole: the head's supply sags, or its USB adapter loses bytes when many come.",
      remedies: [
        "Plug the head into another USB port, without a hub.",
        "If it takes its power from RTS or DTR, use one with its own supply.",
        "Behind a bridge that pauses inside an answer, put `gap=1s` into the link.",
      ],
    },
    asleep: {
      name: "The meter must be woken",
      cause: "It answers only if four bytes 0x55 are sent before the session, which some meters and heads need.",
      remedies: ["Put `wake=4` into the link, after a question mark or an ampersand."],
    },
    "short-packets": {
      name: "The meter cuts some of its packets short",
      cause:
        "Now and then a packet is shorter than it announces, though the line is fine. Some models do this, and others behind the same head never do. Each costs half a second: it is refused and repeated.",
      remedies: [
        "Nothing needs to be done: values are right, since each packet carries a checksum.",
        "If there are many, give the head its own supply or another USB port, and examine it again.",
      ],
    },
    "other-meter": {
      name: "This is another kind of meter",
      cause:
        "The meter under the head does not speak C12.18; its protocol is shown at the identification. NES meters do not speak it.",
      remedies: [
        "Check that the head is on the NES meter, not on the one beside it.",
        "If it is, this is not a NES meter, and you need a program for its protocol.",
      ],
    },
    "no-session": {
      name: "The meter refuses a session",
      cause:
        "It hears us and refuses, with the code shown at the step: the port is switched off or busy, or with firmware 4.0 or later it requires TLS, which is not documented for this port.",
      remedies: [
        "Wait a minute and try again: a meter that starts or changes its tariff is busy.",
        "Ask the utility whether the optical port is open, and whether it requires TLS.",
        "Read the meter through its MEP port.",
      ],
    },
    interrupted: {
      name: "The meter fell silent for a while",
      cause:
        "It answered, was silent for some seconds, and came back or may do so: a tariff changed, which locks the port of some devices for eight seconds; a session was too long; or the head was moved.",
      remedies: [
        "Examine it again: if it falls silent again for no reason, the head is loose.",
        "Close other programs that keep a session on this port: after ten minutes the meter may end it and pause for five.",
      ],
    },
    "no-password": {
      name: "A key is needed for values",
      cause: "The head works and the meter answers; without a key it shows only what it is.",
      remedies: ["Ask the utility for the read-only key (RK) of the optical port, and provide it with --key."],
    },
    "password-refused": {
      name: "The meter refuses the key",
      cause:
        "The line is fine, but the key is not one for this meter's optical port. It was tried once and in no other form, because wrong keys raise an alarm and with firmware 4.30 or later lock the port for a time; while it is locked, the right key is refused too.",
      remedies: [
        "Compare it with what the utility sent, character by character, and check how it was read, shown at the key; `ascii:` or `hex:` in front sets the form.",
        "The keys of the MEP port (MBK, MAK) do not open this one: it needs MK, PK or RK.",
        "A provisioning key may be disabled in the meter: ask the utility.",
        "Wait a quarter of an hour before you try another key.",
      ],
    },
    "password-unheard": {
      name: "It is unknown whether the key is right",
      cause:
        "The meter's answer to the key was lost. The key is not tried a second time, because a wrong one raises an alarm.",
      remedies: ["Seat the head better, and examine it again."],
    },
  },
};
