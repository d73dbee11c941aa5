import type { OpticalWords } from "./vocabulary.ts";

export const opticalDe: OpticalWords = {
  checks: {
    identification: "Identifikation",
    negotiation: "Paketgröße",
    logon: "Anmeldung",
  },
  findings: {
    "other-supply": "der Zähler antwortet mit {setting} in der Verbindung",
    "stray-bytes": "{bytes} Bytes kamen, bevor etwas gefragt war",
    "foreign-words": "ein Zähler antwortet, der {protocol} spricht",
    identified: "C12.18, Version {version}",
    "identified-late":
      "C12.18, Version {version}; zuerst kam NAK ({nak} mal), Unsinn ({rubbish}) oder 0x00 statt ACK ({zero}), wie es Zähler und Leseköpfe beim Aufwachen tun: es wird wiederholt, und nichts ist zu tun",
    woken: "der Zähler antwortet mit {setting} in der Verbindung, und ohne nicht",
    "packets-short":
      "{short} von {of} Paketen des Zählers endeten vor ihrer Länge; sie wurden abgelehnt und kamen bei der Wiederholung ganz",
    negotiated: "{size} Bytes je Paket, {packets} Pakete je Nachricht",
    "logged-on": "der Zähler nimmt sie an",
    "service-refused": "der Zähler lehnt mit dem Code {code} ab",
    "packets-graded":
      "Note {grade}: {loss} % von {packets} Paketen mussten wiederholt werden ({ours} von unseren, {theirs} von denen des Zählers), {failed} Anfragen scheiterten; {median} ms hin und zurück, höchstens {slowest} ms",
    "password-missing": "keiner angegeben; BT00, BT01 und ET03 stehen allen offen",
    "password-accepted": "angenommen, gelesen als {form}; es ist {level}",
    "password-refused-once": "abgelehnt, gelesen als {form}; er wurde einmal gezeigt, und in keiner anderen Form",
    "password-unanswered":
      "die Antwort darauf ging verloren; gelesen als {form}, wurde er einmal gezeigt und nicht wieder",
    "read-only-rights": "alle außer {tables}, wie für einen Leseschlüssel: genug für Werte, nicht für das Lastprofil",
    "open-tables-only": "die allen offen stehen",
  },
  sicknesses: {
    "no-light": {
      name: "Kein einziges Byte kommt vom Zähler",
      cause:
        "Der Lesekopf sieht den Zähler nicht, oder der Zähler hört ihn nicht: der Kopf sitzt neben dem Fenster oder ist verdreht, er hat keinen Strom, oder die Schnittstelle ist abgeschaltet oder ruht. Sie ruht fünf Minuten nach einer zu langen Sitzung, wo der Netzbetreiber es so eingestellt hat, und bei manchen Geräten acht Sekunden, wenn der Tarif wechselt.",
      remedies: [
        "Den Kopf so auf das Fenster des Zählers setzen, dass sein Magnet hält, das Kabel zum Boden hin, und ihn jeweils um ein Viertel drehen.",
        "Fünf Minuten warten, ohne dass ein Programm den Kopf benutzt, und es wieder versuchen.",
        "Prüfen, ob die Verbindung den Kopf nennt und keinen anderen Adapter: `meterport ports`.",
        "Nimmt der Kopf seinen Strom von RTS oder DTR, `dtr=on` oder `enable=rts` in die Verbindung schreiben; docs/links.md nennt alle Formen.",
        "Den Netzbetreiber fragen, ob die optische Schnittstelle abgeschaltet ist.",
      ],
    },
    "own-light": {
      name: "Der Lesekopf sieht nur sich selbst",
      cause:
        "Unsere eigenen Bytes kommen zurück und keine Antwort: was vor dem Kopf liegt, wirft sein Licht zurück, oder der Kopf hat ein Echo und sitzt nicht auf dem Zähler.",
      remedies: [
        "Den Kopf auf das Fenster des Zählers setzen; auf einem Tisch oder in seiner Schachtel sieht er sich selbst.",
        "Ihn drehen, bis seine zwei Augen denen des Zählers gegenüber liegen.",
        "Fenster und Kopf reinigen.",
      ],
    },
    "stray-light": {
      name: "Der Lesekopf sieht Licht, das kein Zähler sendet",
      cause:
        "Bytes kommen, nach denen niemand gefragt hat: Sonnenlicht, eine Lampe, oder ein Kopf, der in der Luft hängt.",
      remedies: [
        "Den Kopf so auf das Fenster des Zählers setzen, dass er flach aufliegt.",
        "Ihn abschatten: flackernde Lampen werden als Bytes gelesen.",
        "Liegt er flach und dunkel, so ist der Kopf selbst defekt, oder die Verbindung führt zu einem anderen Gerät.",
      ],
    },
    "loose-head": {
      name: "Der Lesekopf sieht den Zähler schlecht",
      cause:
        "Pakete kommen beschädigt an oder gar nicht und müssen wiederholt werden: der Kopf sitzt etwas daneben, oder Licht gerät darunter.",
      remedies: [
        "Den Kopf verschieben und drehen, bis `meterport doctor` eine bessere Note gibt.",
        "Fenster und Kopf reinigen und abschatten.",
        "Eine niedrigere Geschwindigkeit auf beiden Seiten versuchen, oder ein kürzeres USB-Kabel ohne Hub.",
      ],
    },
    "head-supply": {
      name: "Der Lesekopf hat so keinen Strom",
      cause: "Er nimmt seinen Strom von RTS oder DTR und arbeitet mit ihnen so, wie es bei der ersten Schicht steht.",
      remedies: ["Diese Einstellung in die Verbindung schreiben, hinter ein Fragezeichen oder ein kaufmännisches Und."],
    },
    "head-sags": {
      name: "Lange Antworten brechen ab",
      cause:
        "Kurze Pakete kommen durch, lange nicht ganz: die Versorgung des Kopfes gibt nach, oder sein USB-Adapter verliert Bytes, wenn viele kommen.",
      remedies: [
        "Den Kopf an einen anderen USB-Anschluss stecken, ohne Hub.",
        "Nimmt er seinen Strom von RTS oder DTR, einen mit eigener Versorgung verwenden.",
        "Hinter einer Brücke, die in einer Antwort wartet, `gap=1s` in die Verbindung schreiben.",
      ],
    },
    asleep: {
      name: "Der Zähler muss geweckt werden",
      cause:
        "Er antwortet nur, wenn vor der Sitzung vier Bytes 0x55 gesendet werden, wie es manche Zähler und Leseköpfe wollen.",
      remedies: ["`wake=4` in die Verbindung schreiben, hinter ein Fragezeichen oder ein kaufmännisches Und."],
    },
    "short-packets": {
      name: "Der Zähler kürzt manche seiner Pakete",
      cause:
        "Hin und wieder ist ein Paket kürzer, als seine Länge sagt, obwohl die Leitung gut ist. Manche Modelle tun das, andere hinter demselben Lesekopf nie. Jedes kostet eine halbe Sekunde: es wird abgelehnt und wiederholt.",
      remedies: [
        "Nichts ist zu tun: die Werte sind ganz, denn jedes Paket muss sich ausweisen.",
        "Sind es viele, dem Lesekopf eine eigene Stromversorgung oder einen anderen USB-Anschluss geben und ihn noch einmal untersuchen.",
      ],
    },
    "other-meter": {
      name: "Das ist ein Zähler anderer Art",
      cause:
        "Unter dem Kopf wird etwas anderes als C12.18 gesprochen; das Protokoll steht bei der Identifikation. NES-Zähler sprechen es nicht.",
      remedies: [
        "Prüfen, ob der Kopf auf dem NES-Zähler sitzt und nicht auf dem daneben.",
        "Tut er es, so ist dieser Zähler kein NES-Zähler, und es braucht ein Programm für sein Protokoll.",
      ],
    },
    "no-session": {
      name: "Der Zähler will keine Sitzung",
      cause:
        "Er hört uns und lehnt ab, mit dem Code, der beim Schritt steht: die Schnittstelle ist abgeschaltet oder beschäftigt, oder ab Firmware 4.0 verlangt sie TLS, wofür an dieser Schnittstelle kein Weg beschrieben ist.",
      remedies: [
        "Eine Minute warten und es wieder versuchen: ein Zähler, der startet oder den Tarif wechselt, ist beschäftigt.",
        "Den Netzbetreiber fragen, ob die optische Schnittstelle offen ist und ob sie TLS verlangt.",
        "Den Zähler über seinen MEP-Anschluss lesen.",
      ],
    },
    interrupted: {
      name: "Der Zähler verstummte eine Weile",
      cause:
        "Er antwortete, sagte einige Sekunden nichts und kam wieder oder tut es vielleicht: ein Tarif wechselte, was die Schnittstelle mancher Geräte acht Sekunden sperrt; eine Sitzung war zu lang; oder der Kopf wurde bewegt.",
      remedies: [
        "Noch einmal untersuchen: verstummt er wieder ohne Grund, so sitzt der Kopf locker.",
        "Andere Programme beenden, die eine Sitzung an dieser Schnittstelle halten: nach zehn Minuten darf der Zähler sie beenden und fünf ruhen.",
      ],
    },
    "no-password": {
      name: "Für Werte braucht es einen Schlüssel",
      cause: "Der Kopf ist gesund und der Zähler antwortet; ohne Schlüssel zeigt er, was er ist, und nicht mehr.",
      remedies: [
        "Den Netzbetreiber um den Leseschlüssel (RK) der optischen Schnittstelle bitten und ihn mit --key angeben.",
      ],
    },
    "password-refused": {
      name: "Der Zähler lehnt den Schlüssel ab",
      cause:
        "Die Leitung ist gesund, und der Schlüssel ist keiner der optischen Schnittstelle dieses Zählers. Er wurde einmal gezeigt und in keiner anderen Form, denn falsche lösen einen Alarm aus und sperren ab Firmware 4.30 die Schnittstelle eine Zeit lang; solange sie gesperrt ist, wird auch der richtige abgelehnt.",
      remedies: [
        "Ihn Zeichen für Zeichen mit dem vergleichen, was der Netzbetreiber schickte, und damit, wie er gelesen wurde, was beim Schlüssel steht; `ascii:` oder `hex:` davor sagt es.",
        "Die Schlüssel des MEP-Anschlusses (MBK, MAK) öffnen diesen nicht: er braucht MK, PK oder RK.",
        "Ein Provisioning Key kann im Zähler abgeschaltet sein: den Netzbetreiber fragen.",
        "Eine Viertelstunde warten, bevor ein anderer versucht wird.",
      ],
    },
    "password-unheard": {
      name: "Niemand weiß, ob der Schlüssel passt",
      cause:
        "Die Antwort des Zählers auf den Schlüssel ging verloren. Er wird kein zweites Mal gezeigt, denn ein falscher löst einen Alarm aus.",
      remedies: ["Den Kopf besser aufsetzen und noch einmal untersuchen."],
    },
  },
};
