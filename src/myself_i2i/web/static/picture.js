/**
 * From a picture file to the samples of its pixels, in the browser: upright, first frame, colours as they are stored.
 *
 * No colour profile is applied and alpha is not multiplied in where the browser can help it, as spec/fingerprints.md
 * asks. A canvas keeps colours multiplied by alpha all the same; that moves no bit of the vectors.
 */

/** More pixels than this are not read: four bytes each would be a gigabyte. */
export const MOST_PIXELS = 200_000_000;

/** How many pixels are drawn at once: small enough for the canvas of every browser. */
const BAND = 4_000_000;

/**
 * The samples of a picture.
 * @param {Blob} file PNG, JPEG, WebP, AVIF, or whatever else this browser decodes
 * @returns {Promise<{data: Uint8ClampedArray, width: number, height: number}>} what pdq64.js takes
 * @throws {DOMException} this browser cannot decode it
 * @throws {RangeError} it has more than MOST_PIXELS
 */
export async function samples(file) {
  const bitmap = await createImageBitmap(file, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  try {
    return drawn(bitmap);
  } finally {
    bitmap.close();
  }
}

function drawn(bitmap) {
  const { width, height } = bitmap;
  if (width * height > MOST_PIXELS) throw new RangeError(`${width} x ${height} pixels`);
  const data = new Uint8ClampedArray(4 * width * height);
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = Math.min(height, Math.max(1, Math.floor(BAND / width)));
  const context = canvas.getContext("2d", { colorSpace: "srgb", willReadFrequently: true });
  for (let top = 0; top < height; top += canvas.height) {
    const rows = Math.min(canvas.height, height - top);
    context.clearRect(0, 0, width, rows);
    context.drawImage(bitmap, 0, -top);
    data.set(context.getImageData(0, 0, width, rows).data, 4 * width * top);
  }
  return { data, width, height };
}
