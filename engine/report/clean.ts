/** Text of hosts, made safe to show: nothing in it can move the cursor or colour the terminal. */

// CSI, OSC (ended by BEL or ST), DCS/SOS/PM/APC, and two-character escapes.
const escapes =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\|$)|[PX^_][^\u001b]*(?:\u001b\\|$)|[ -/]*[0-~])/g;
// Control characters but tab and line feed, C1 controls, and the marks that reorder text.
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The text without terminal escapes and control characters; of a progress bar the last state. */
export function cleanText(text: string): string {
  return text
    .replace(escapes, '')
    .replace(/\r+\n/g, '\n')
    .replace(/^.*\r(?=[^\r\n]+$)/gm, '')
    .replace(controls, '');
}

/** JSON whose texts hold nothing that a terminal obeys: it stands there as `\uXXXX`. */
export function cleanJson(value: unknown, indent?: number): string {
  // JSON itself leaves the C1 controls and the marks as they are.
  return JSON.stringify(value, undefined, indent).replace(
    /[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The text on one line: line feeds and tabs become spaces. */
export function cleanLine(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ').trim();
}
