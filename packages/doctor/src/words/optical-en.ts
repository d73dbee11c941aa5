import type { OpticalWords } from "./vocabulary.ts";

export const opticalEn: OpticalWords = {
  checks: {
    identification: "Identification",
    negotiation: "Size of packets",
    logon: "Logon",
  },
  findings: {
    "other-supply": "the meter answers with {setting} in the link",
    "stray-bytes": "{bytes} bytes came before anything was asked",
    "foreign-words": "a meter answers that speaks {protocol}",
    identified: "C12.18, version {version}",
    "identified-late":
      "C12.18, version {version}; first came NAK ({nak} times), rubbish ({rubbish}) or 0x00 where ACK belongs ({zero}), as meters and heads do that wake up: it is repeated, and nothing is to be done",
    woken: "the meter answers with {setting} in the link, and not without it",
    "packets-short":
      "{short} of {of} packets of the meter ended before their length; they were refused and came whole when repeated",
    negotiated: "{size} bytes a packet, {packets} packets a message",
    "logged-on": "the meter takes it",
    "service-refused": "the meter refuses it with the code {code}",
    "packets-graded":
      "grade {grade}: {loss} % of {packets} packets had to be repeated ({ours} of ours, {theirs} of the meter's), {failed} requests failed; {median} ms a round trip, {slowest} ms at most",
    "password-missing": "none was given; BT00, BT01 and ET03 are open to everybody",
    "password-accepted": "accepted, read as {form}; it is {level}",
    "password-refused-once": "refused, read as {form}; it was shown once, and not in another form",
    "password-unanswered": "the answer to it got lost; read as {form}, it was shown once, and not again",
    "read-only-rights": "all but {tables}, as for a read-only key: enough for values, not for the load profile",
    "open-tables-only": "those that are open to everybody",
  },
  sicknesses: {
    "no-light": {
      name: "Not one byte comes from the meter",
      cause:
        "The head does not see the meter, or the meter does not hear it: the head sits beside the window or is turned, has no power, or the port is off or rests. It rests for five minutes after a session that was too long, where the utility has set it so, and some devices for eight seconds when the tariff changes.",
      remedies: [
        "Set the head on the window of the meter so that its magnet holds, with its cable downwards, and turn it by a quarter each time.",
        "Wait five minutes with no program on the head, and try again.",
        "Check that the link names the head and not another adapter: `meterport ports`.",
        "If the head takes its power from RTS or DTR, put `dtr=on` or `enable=rts` into the link; docs/links.md has all forms.",
        "Ask the utility whether the optical port is switched off.",
      ],
    },
    "own-light": {
      name: "The head sees only itself",
      cause:
        "Our own bytes come back, and no answer: the head's light is thrown back by what it lies on, or the head echoes and is not on the meter.",
      remedies: [
        "Set the head on the meter's window; on a table or in its box it sees itself.",
        "Turn it, so that its two eyes face those of the meter.",
        "Clean the window and the head.",
      ],
    },
    "stray-light": {
      name: "The head sees light that no meter sent",
      cause: "Bytes come that nobody asked for: sunlight, a lamp, or a head that hangs in the air.",
      remedies: [
        "Set the head on the meter's window so that it lies flat.",
        "Shade it: lamps that flicker are read as bytes.",
        "If it lies flat and dark, the head itself is broken, or the link leads to another device.",
      ],
    },
    "loose-head": {
      name: "The head sees the meter badly",
      cause:
        "Packets arrive damaged or not at all, and have to be repeated: the head sits a little beside, or light gets under it.",
      remedies: [
        "Move and turn the head until `meterport doctor` gives a better grade.",
        "Clean the window and the head, and shade it.",
        "Try a lower speed at both ends, or a shorter USB cable without a hub.",
      ],
    },
    "head-supply": {
      name: "The head has no power as the link is set",
      cause: "It takes its power from RTS or DTR, and works with them as it stands at the first layer.",
      remedies: ["Put that setting into the link, behind a question mark or an ampersand."],
    },
    "head-sags": {
      name: "Long answers break off",
      cause:
        "Short packets pass and long ones do not come whole: the head's supply gives way, or its USB adapter loses bytes when many come.",
      remedies: [
        "Plug the head into another USB port, without a hub.",
        "If it takes its power from RTS or DTR, use one with a supply of its own.",
        "Behind a bridge that waits inside an answer, put `gap=1s` into the link.",
      ],
    },
    asleep: {
      name: "The meter has to be woken",
      cause: "It answers only where four bytes 0x55 are sent before the session, as some meters and heads want it.",
      remedies: ["Put `wake=4` into the link, behind a question mark or an ampersand."],
    },
    "short-packets": {
      name: "The meter cuts some of its packets short",
      cause:
        "A packet now and then is shorter than its length says, though the line is well. Some models do so, and others behind the same head never do. Each costs half a second: it is refused and repeated.",
      remedies: [
        "Nothing has to be done: values are whole, since each packet has to prove itself.",
        "If there are many, give the head a supply of its own or another USB port, and examine it again.",
      ],
    },
    "other-meter": {
      name: "This is another kind of meter",
      cause:
        "Something else than C12.18 is spoken under the head; the protocol stands at the identification. NES meters do not speak it.",
      remedies: [
        "Check that the head sits on the NES meter, and not on the one beside it.",
        "If it does, this meter is no NES meter, and a program for its protocol is needed.",
      ],
    },
    "no-session": {
      name: "The meter will have no session",
      cause:
        "It hears us and refuses, with the code that stands at the step: the port is switched off or busy, or from firmware 4.0 on it demands TLS, for which no way through this port is documented.",
      remedies: [
        "Wait a minute and try again: a meter that starts or changes its tariff is busy.",
        "Ask the utility whether the optical port is open, and whether it demands TLS.",
        "Read the meter through its MEP port.",
      ],
    },
    interrupted: {
      name: "The meter fell silent for a while",
      cause:
        "It answered, said nothing for some seconds, and came back or may do so: a tariff changed, which locks the port of some devices for eight seconds; a session was too long; or the head was moved.",
      remedies: [
        "Examine it once more: if it is silent again without a reason, the head is loose.",
        "End other programs that keep a session on this port: after ten minutes the meter may end it and rest for five.",
      ],
    },
    "no-password": {
      name: "A key is needed for values",
      cause: "The head is well and the meter answers; without a key it shows what it is, and nothing more.",
      remedies: ["Ask the utility for the read-only key (RK) of the optical port, and give it with --key."],
    },
    "password-refused": {
      name: "The meter refuses the key",
      cause:
        "The line is well, and the key is none of this meter's optical port. It was shown once and not in other forms, because wrong keys raise an alarm and from firmware 4.30 on lock the port for a time; while it is locked, the right key is refused as well.",
      remedies: [
        "Compare it with what the utility sent, character by character, and how it was read, which stands at the key; `ascii:` or `hex:` in front says it.",
        "The keys of the MEP port (MBK, MAK) do not open this one: it needs MK, PK or RK.",
        "A provisioning key may be switched off at the meter: ask the utility.",
        "Wait a quarter of an hour before you try another one.",
      ],
    },
    "password-unheard": {
      name: "Nobody knows whether the key fits",
      cause:
        "The meter's answer to the key got lost. It is not shown a second time, because a wrong one raises an alarm.",
      remedies: ["Make the head sit better, and examine it again."],
    },
  },
};
