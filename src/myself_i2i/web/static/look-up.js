/**
 * Asks the registry which published marks are near a picture. Fingerprints are all that is sent.
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
export async function lookUp(turned, at) {
  const answers = await Promise.all(turned.map(({ hex }) => asked(hex, at)));
  const names = new Set(answers.flat().map(({ manifestId }) => manifestId));
  const marks = await Promise.all(Array.from(names, (name) => told(`${at}/s/${encodeURIComponent(name)}`)));
  const near = marks.filter(({ mark }) => mark.fingerprints?.pdq64_v1).map((mark) => nearest(mark, turned));
  return near.sort((a, b) => a.distance - b.distance);
}

async function asked(hex, at) {
  const value = btoa(String.fromCharCode(...hex.match(/../g).map((pair) => parseInt(pair, 16))));
  const { matches } = await told(`${at}/matches/byBinding`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({ alg: ALGORITHM, value }),
  });
  return matches;
}

async function told(address, how = { headers: { Accept: "application/json" } }) {
  const response = await fetch(address, { ...how, credentials: "omit", referrerPolicy: "no-referrer" });
  if (!response.ok) throw new Error(`${response.status}`);
  return response.json();
}

function nearest(mark, turned) {
  const published = mark.mark.fingerprints.pdq64_v1;
  const all = turned.map(({ name, hex }) => ({ name, distance: distance(hex, published) }));
  const best = all.reduce((a, b) => (b.distance < a.distance ? b : a));
  return { mark, distance: best.distance, turned: best.name !== AS_IS };
}
