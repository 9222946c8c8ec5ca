/**
 * The canonical fingerprint pdq64_v1 for browsers and Node: the same bits as pdq64.py gives for the same samples.
 *
 * All numbers are whole and stay below 2^53, so nothing depends on how a processor rounds. spec/fingerprints.md has
 * the rules, vectors/fingerprint the cases that every implementation must answer alike.
 *
 *     const context = canvas.getContext("2d", { colorSpace: "srgb" });
 *     const { hex, quality } = pdq64(context.getImageData(0, 0, canvas.width, canvas.height));
 */

/** Below this quality a fingerprint is too flat to look up: it is near to many pictures by chance. */
export const LEAST_QUALITY = 50;

/** How the picture would have to be turned (counter-clockwise) or mirrored to get each of `orientations`. */
export const ORIENTATIONS = [
  "as-is",
  "rotated-90",
  "rotated-180",
  "rotated-270",
  "mirrored",
  "flipped",
  "transposed",
  "transversed",
];

const CELLS = 64;
const FREQUENCIES = 16;
const FRACTION = 256;
const STEEP = 255 * FRACTION;
const QUARTER = Array.from({ length: 65 }, (_, step) => Math.round(8192 * Math.cos((Math.PI * step) / 128)));

/**
 * The fingerprint of a picture.
 * @param {{data: ArrayLike<number>, width: number, height: number}} picture RGBA samples 0..255, row by row from the
 *     top, alpha not multiplied in: an ImageData.
 * @returns {{hex: string, quality: number}} 64 lower-case hex digits; quality 0..100.
 */
export function pdq64(picture) {
  const cells = means(picture);
  return told(transform(cells), steepness(cells));
}

/**
 * The fingerprints of a picture in all 8 ORIENTATIONS, the picture as it is first, from one transform.
 * @param {{data: ArrayLike<number>, width: number, height: number}} picture as for `pdq64`.
 * @returns {{name: string, hex: string, quality: number}[]}
 */
export function orientations(picture) {
  const cells = means(picture);
  const straight = transform(cells);
  const leaning = straight.map((_, place) => straight[(place % FREQUENCIES) * FREQUENCIES + Math.floor(place / FREQUENCIES)]);
  const turned = [
    [straight, false, false],
    [leaning, true, false],
    [straight, true, true],
    [leaning, false, true],
    [straight, false, true],
    [straight, true, false],
    [leaning, false, false],
    [leaning, true, true],
  ];
  const steep = steepness(cells);
  return turned.map(([coefficients, down, across], index) => ({
    name: ORIENTATIONS[index],
    ...told(mirrored(coefficients, down, across), steep),
  }));
}

/**
 * How many bits differ, 0..256.
 * @param {string} a hex digits
 * @param {string} b as many
 */
export function distance(a, b) {
  if (a.length !== b.length) throw new RangeError("fingerprints of different lengths have no distance");
  let bits = 0;
  for (let place = 0; place < a.length; place++) {
    for (let rest = parseInt(a[place], 16) ^ parseInt(b[place], 16); rest; rest &= rest - 1) bits++;
  }
  return bits;
}

/** BT.601 luma 0..255 of a sample over white. */
function luma(data, place) {
  const alpha = data[place + 3];
  const over = (value) => Math.floor((value * alpha + 255 * (255 - alpha) + 127) / 255);
  return (19595 * over(data[place]) + 38470 * over(data[place + 1]) + 7471 * over(data[place + 2]) + 32768) >>> 16;
}

/** The mean of each of 64 x 64 equal cells, in 1/256 of a grey level, rounded half up. */
function means({ data, width, height }) {
  if (!(width > 0 && height > 0) || data.length !== 4 * width * height) {
    throw new RangeError("a picture has width x height RGBA samples, one pixel or more");
  }
  const sums = new Float64Array(CELLS * CELLS);
  const row = new Float64Array(CELLS);
  for (let y = 0; y < height; y++) {
    row.fill(0);
    for (let x = 0; x < width; x++) {
      const value = luma(data, 4 * (y * width + x));
      spread(x, width, (cell, weight) => (row[cell] += weight * value));
    }
    spread(y, height, (cell, weight) => {
      for (let column = 0; column < CELLS; column++) sums[cell * CELLS + column] += weight * row[column];
    });
  }
  const area = width * height;
  return sums.map((sum) => Math.floor((sum * FRACTION + Math.floor(area / 2)) / area));
}

/** Call `add(cell, weight)` for each cell that the pixel at `place` of `length` touches; a pixel weighs 64 in all. */
function spread(place, length, add) {
  const start = place * CELLS;
  const stop = start + CELLS;
  for (let cell = Math.floor(start / length); cell * length < stop; cell++) {
    add(cell, Math.min(stop, (cell + 1) * length) - Math.max(start, cell * length));
  }
}

/** PDQ's measure: how much neighbours differ, in hundredths of the whole range, summed. */
function steepness(cells) {
  const step = (a, b) => Math.floor((Math.abs(a - b) * 100) / STEEP);
  let sum = 0;
  for (let place = 0; place < CELLS * CELLS; place++) {
    if (place + CELLS < CELLS * CELLS) sum += step(cells[place], cells[place + CELLS]);
    if ((place + 1) % CELLS) sum += step(cells[place], cells[place + 1]);
  }
  return Math.min(100, Math.floor(sum / 90));
}

/** cos(pi/128 * step) in 1/8192, for any whole step. */
function cosine(step) {
  const turn = step % 256;
  const half = turn > 128 ? 256 - turn : turn;
  return half > 64 ? -QUARTER[128 - half] : QUARTER[half];
}

/** The 16 x 16 lowest coefficients without the constant ones, vertical frequency first. */
function transform(cells) {
  const rows = new Float64Array(FREQUENCIES * CELLS);
  const coefficients = new Float64Array(FREQUENCIES * FREQUENCIES);
  for (let down = 0; down < FREQUENCIES; down++) {
    for (let y = 0; y < CELLS; y++) {
      const weight = cosine((down + 1) * (2 * y + 1));
      for (let x = 0; x < CELLS; x++) rows[down * CELLS + x] += weight * cells[y * CELLS + x];
    }
  }
  for (let across = 0; across < FREQUENCIES; across++) {
    for (let x = 0; x < CELLS; x++) {
      const weight = cosine((across + 1) * (2 * x + 1));
      for (let down = 0; down < FREQUENCIES; down++) {
        coefficients[down * FREQUENCIES + across] += weight * rows[down * CELLS + x];
      }
    }
  }
  return coefficients;
}

/** The coefficients with the odd frequencies' signs changed, vertical ones for `down`, horizontal ones for `across`. */
function mirrored(coefficients, down, across) {
  return coefficients.map((value, place) => {
    const odd = (down && Math.floor(place / FREQUENCIES) % 2 === 0) !== (across && place % 2 === 0);
    return odd ? -value : value;
  });
}

/** A bit for each coefficient above the 128th smallest, the first one last; as good as steep, or as many as are set. */
function told(coefficients, steep) {
  const median = Float64Array.from(coefficients).sort()[127];
  let hex = "";
  let set = 0;
  for (let place = 252; place >= 0; place -= 4) {
    let digit = 0;
    for (let bit = 3; bit >= 0; bit--) {
      const above = coefficients[place + bit] > median ? 1 : 0;
      digit = 2 * digit + above;
      set += above;
    }
    hex += digit.toString(16);
  }
  return { hex, quality: Math.min(steep, set) };
}
