/**
 * Asks the registry. Fingerprints are all that is sent.
 *
 * A picture that was turned or mirrored has other bits, so each of the 8 orientations is asked for. How near a mark is
 * gets counted here, from the fingerprint that the mark itself publishes.
 */

import { distance } from "./pdq64.js";

const ALGORITHM = "org.myself-i2i.pdq64.v1";
const AS_IS = "as-is";

/**
 * The published marks that are near, nearest first.
 * @param {{name: string, hex: string}[]} turned what `orientations` of pdq64.js gives
 * @param {string} at where the registry is: "" or a path without a slash at its end
 * @returns {Promise<{mark: any, distance: number, turned: boolean}[]>} each mark once; `mark` is the JSON of /s/…,
 *     `turned` says that this picture had to be turned or mirrored first
 * @throws {Error} the registry could not be asked
 */
export async function marksNear(turned, at) {
  const answers = await Promise.all(turned.map(({ hex }) => matches(hex, at)));
  const names = new Set(answers.flat().map(({ manifestId }) => manifestId));
  const marks = await Promise.all(Array.from(names, (name) => got(`${at}/s/${encodeURIComponent(name)}`)));
  const near = marks.filter(({ mark }) => mark.fingerprints?.pdq64_v1).map((mark) => nearest(mark, turned));
  return near.sort((a, b) => a.distance - b.distance);
}

/**
 * What the registry's log says of the picture: is it among what anybody recorded?
 * @param {{hex: string}[]} turned as for `marksNear`
 * @param {string} at as for `marksNear`
 * @returns {Promise<{signed: string, says: any}>} the signed answer, to be kept, and what stands in it
 *     (spec/predicates/answer.md); the signature is for others to check
 * @throws {Error} the registry could not be asked
 */
export async function answerTo(turned, at) {
  const fingerprints = { pdq64_v1: turned.map(({ hex }) => hex) };
  const response = await posted(`${at}/answers`, { fingerprints, maker: "everyone" });
  const signed = await response.text();
  const payload = Uint8Array.from(atob(JSON.parse(signed).payload), (character) => character.charCodeAt(0));
  return { signed, says: JSON.parse(new TextDecoder().decode(payload)).predicate };
}

async function matches(hex, at) {
  const value = btoa(String.fromCharCode(...hex.match(/../g).map((pair) => parseInt(pair, 16))));
  const response = await posted(`${at}/matches/byBinding`, { alg: ALGORITHM, value });
  return (await response.json()).matches;
}

async function got(address) {
  return (await sent(address, {})).json();
}

function posted(address, body) {
  return sent(address, { method: "POST", body: JSON.stringify(body) });
}

async function sent(address, how) {
  const headers = { Accept: "application/json", "Content-Type": "application/json" };
  const response = await fetch(address, { ...how, headers, credentials: "omit", referrerPolicy: "no-referrer" });
  if (!response.ok) throw new Error(`${response.status}`);
  return response;
}

function nearest(mark, turned) {
  const published = mark.mark.fingerprints.pdq64_v1;
  const all = turned.map(({ name, hex }) => ({ name, distance: distance(hex, published) }));
  const best = all.reduce((a, b) => (b.distance < a.distance ? b : a));
  return { mark, distance: best.distance, turned: best.name !== AS_IS };
}
